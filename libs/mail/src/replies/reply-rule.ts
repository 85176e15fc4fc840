/** Of whom a reply speaks. `us` and `setup` are told to the tenant, because only a person can mend them. */
export type About = 'recipient' | 'message' | 'sender' | 'us' | 'setup' | 'pace';

export interface ReplyRule {
  /** stays the same: logs and the console show it */
  name: string;
  about: About;
  /** what a 5xx that fits means; a 4xx is deferred whatever fits */
  permanent: 'deferred' | 'refused';
  because: string;
  words: readonly string[];
  codes?: readonly string[];
  /** `server`, and what it said */
  seen: readonly (readonly [server: string, reply: string])[];
}

/** `a | b | c` */
export const phrases = (text: string): string[] => text.split('|').map((phrase) => phrase.trim());

/** A line each, `server: reply`; ¶ is where a reply of several lines breaks. */
export const replies = (text: string): [server: string, reply: string][] =>
  text
    .trim()
    .split('\n')
    .map((line) => {
      const [server = '', ...reply] = line.trim().split(': ');
      return [server, reply.join(': ').replaceAll(' ¶ ', '\n')];
    });
