/** What a mail server answers: a basic code, an enhanced code (RFC 3463) and words for the postmaster on the other side. */
export interface Reply {
  code: number;
  enhanced: string;
  text: string;
}

/** `550 5.1.1 No such user here` */
export function formatReply({ code, enhanced, text }: Reply): string {
  return `${code} ${enhanced} ${text}`;
}

/**
 * Reads a server's reply (RFC 5321 section 4.2). Lines of a multi-line reply are joined by a space.
 * @returns undefined when it is none; code 0 never comes out of here
 */
export function parseReply(text: string): Reply | undefined {
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  const first = /^([2-5]\d\d)[ -]?(?:([245]\.\d{1,3}\.\d{1,3})(?: |$))?(.*)$/.exec(lines[0] ?? '');
  if (!first) return undefined;
  const rest = lines
    .slice(1)
    .map((line) => line.replace(/^\d{3}[ -]?(?:[245]\.\d{1,3}\.\d{1,3}(?: |$))?/, ''));
  const code = Number(first[1]);
  return {
    code,
    enhanced: first[2] ?? `${String(first[1])[0]}.0.0`,
    text: [first[3], ...rest].join(' ').trim(),
  };
}
