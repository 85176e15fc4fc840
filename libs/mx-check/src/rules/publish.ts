/** Records as they stand in a zone file, to copy. An hour is long enough to be kept and short enough to be changed. */
const ttlSeconds = 3_600;

const line = (name: string, type: string, data: string): string =>
  `${name}. ${ttlSeconds} IN ${type} ${data}`;

export const mxLine = (domain: string, preference: number, host: string): string =>
  line(domain, 'MX', `${preference} ${host === '' ? '' : host}.`);

export const txtLine = (name: string, text: string): string => line(name, 'TXT', `"${text}"`);

export const tlsaLine = (name: string, data: string): string => line(name, 'TLSA', data);

/** Less preferred than all others, with room between. */
export const preferenceForUs = (others: number[]): number => {
  const last = Math.max(0, ...others);
  return Math.min(last + 10, 65_535);
};
