/**
 * The parameters of MAIL and RCPT (RFC 5321 section 4.1.2) as they were written. smtp-server decodes every value as xtext and
 * forgives what is none; whoever reads a value strictly needs what came.
 */
export type Parameters = ReadonlyMap<string, string | true>;

/** @returns by name in upper case; `true`: without a value. Names that come twice are refused before this counts. */
export function parametersOf(command: string): Parameters {
  const parameters = new Map<string, string | true>();
  const [, ...words] = command
    .slice(command.indexOf(':') + 1)
    .trim()
    .split(/\s+/);
  for (const word of words) {
    const at = word.indexOf('=');
    parameters.set(
      (at < 0 ? word : word.slice(0, at)).toUpperCase(),
      at < 0 || at === word.length - 1 ? true : word.slice(at + 1),
    );
  }
  return parameters;
}
