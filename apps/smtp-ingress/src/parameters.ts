/**
 * The parameters of MAIL and RCPT (RFC 5321 section 4.1.2) as they were written. smtp-server decodes every value as xtext and
 * forgives what is none; whoever reads a value strictly needs what came.
 */
export type Parameters = ReadonlyMap<string, string | true>;
