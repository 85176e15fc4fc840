import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config';
import { hashOfLink, linkDays, SIGN_IN, type SignIn } from './sign-in';

/** Knows people, and makes the links that let them in once. */
@Injectable()
export class People {
  constructor(
    @Inject(SIGN_IN) private readonly signIn: SignIn,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** The id of the person with this address, if there is one. */
  async find(email: string): Promise<string | undefined> {
    const { internalAdapter } = await this.signIn.$context;
    return (await internalAdapter.findUserByEmail(email.toLowerCase()))?.user.id;
  }

  /** The id of the person with this address, who is made when there is none. */
  async findOrAdd(email: string): Promise<string> {
    const known = await this.find(email);
    if (known) return known;
    const { internalAdapter } = await this.signIn.$context;
    try {
      // The operator hands the link to this address, and that is what proves it.
      const person = await internalAdapter.createUser(
        { email, name: email.slice(0, email.lastIndexOf('@')), emailVerified: true },
        { method: 'operator' },
      );
      return person.id;
    } catch (error) {
      // Somebody else added the same person in this moment.
      const meanwhile = await this.find(email);
      if (meanwhile) return meanwhile;
      throw error;
    }
  }

  /**
   * A link that signs this person in, once.
   * @param origin as which the asker sees us; HOLDFAST_PUBLIC_URL comes before it
   */
  async signInLink(email: string, origin: string): Promise<string> {
    const url = new URL('/api/auth/magic-link/verify', this.config.publicUrl ?? origin);
    url.searchParams.set('token', await this.linkToken(email, linkDays * 86_400));
    url.searchParams.set('callbackURL', '/');
    url.searchParams.set('errorCallbackURL', '/sign-in');
    return url.href;
  }

  /** What such a link carries. Kept in the form in which better-auth's magic-link plugin looks for it. */
  async linkToken(email: string, seconds: number): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    const { internalAdapter } = await this.signIn.$context;
    await internalAdapter.createVerificationValue({
      identifier: hashOfLink(token),
      value: JSON.stringify({ email: email.toLowerCase() }),
      expiresAt: new Date(Date.now() + seconds * 1000),
    });
    return token;
  }
}
