/** The SQL that brings a user's database, owner role and accounts to where they must be. */

export interface AccountsScriptProps {
  readonly database: string;
  readonly accounts: readonly { readonly role: string; readonly file: string }[];
  /** Folder with one password file per account. */
  readonly folder: string;
}

/**
 * Text for `psql -f`, safe to repeat.
 *
 * Passwords are read from files inside the container by psql's back-quotes, so that neither the
 * text nor a command line holds one. The owner can't log in: what one account creates belongs to
 * both, which is what lets a rotation switch between them.
 */
export function accountsScript({ database, accounts, folder }: AccountsScriptProps): string {
  const owner = `${database}_owner`;
  const lines = [
    '-- Made by Portcullis: database, owner and accounts; safe to repeat.',
    `SELECT 'CREATE ROLE ${owner} NOLOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${owner}') \\gexec`,
    `SELECT 'CREATE DATABASE ${database} OWNER ${owner}' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '${database}') \\gexec`,
    `REVOKE ALL ON DATABASE ${database} FROM PUBLIC;`,
  ];
  for (const { role, file } of accounts) {
    lines.push(
      `\\set password \`cat ${folder}/${file}\``,
      `SELECT 'CREATE ROLE ${role} LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') \\gexec`,
      `ALTER ROLE ${role} WITH LOGIN PASSWORD :'password';`,
      `GRANT ${owner} TO ${role};`,
      `GRANT CONNECT ON DATABASE ${database} TO ${role};`,
      `ALTER ROLE ${role} IN DATABASE ${database} SET role = '${owner}';`,
    );
  }
  lines.push(
    `\\connect ${database}`,
    // Without it every role of the server could make tables in this database's public schema.
    'REVOKE CREATE ON SCHEMA public FROM PUBLIC;',
    `ALTER SCHEMA public OWNER TO ${owner};`,
    '',
  );
  return lines.join('\n');
}
