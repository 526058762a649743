/** JSON lines on standard output, of the same form as those of the other programs. */

export interface Log {
  info(message: string, details?: Readonly<Record<string, unknown>>): void;
  warn(message: string, details?: Readonly<Record<string, unknown>>): void;
}

/** A log whose lines say which replica wrote them. */
export function logTo(write: (line: string) => unknown, replica: string, wall: () => number): Log {
  const line =
    (level: number): Log['info'] =>
    (message, details = {}) => {
      const time = new Date(wall()).toISOString();
      write(`${JSON.stringify({ level, time, service: 'account-ui', replica, ...details, message })}\n`);
    };
  // The numbers that pino has for these levels.
  return { info: line(30), warn: line(40) };
}
