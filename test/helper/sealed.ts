/** Looks into what is sealed, as Terraform will read it. */
import { DefaultTokenResolver, StringConcat, Tokenization } from 'cdktf';
import { unseal, type Sealed } from '../../constructs/secrets/sealed.js';
import { declared } from './synth.js';

/** The expression inside, with nothing left for the framework to fill in. */
export function expressionOf(sealed: Sealed): unknown {
  return declared((scope): unknown =>
    Tokenization.resolve(unseal(sealed), {
      scope,
      resolver: new DefaultTokenResolver(new StringConcat()),
      preparing: false,
    }),
  );
}
