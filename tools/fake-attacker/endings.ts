/**
 * What somebody's server has taken, or may take, for the end of the data (CRLF . CRLF and nothing else, RFC 5321 section 4.1.1.4), with
 * the report that it is known from. A second message behind such an ending is smuggled past whoever does not see it.
 */
export interface Ending {
  /** octets, as Latin-1, between the text and what is smuggled */
  octets: string;
  source: string;
  /** `text`: nothing is wrong with it, it stays in the message; `refused`: the message is, and the connection ends */
  is: 'text' | 'refused';
}

const sec = 'SEC Consult, SMTP Smuggling, December 2023';
const postfix = 'Postfix smtp-smuggling page, CVE-2023-51764';
const exim = 'Exim bug 3063, CVE-2023-51766';
const sendmail = 'sendmail 8.18 release notes, CVE-2023-51765';
const aiosmtpd = 'aiosmtpd CVE-2024-27305';
const nul = 'Postfix HISTORY 3.9 and 20240109: NUL before a dot';
const unicode = 'line ends of Unicode (UAX 14), as str.splitlines() of Python has them';

export const endings: Ending[] = [
  { octets: '\n.\n', source: sec, is: 'refused' },
  { octets: '\n.\r\n', source: `${sec}; ${exim}; ${aiosmtpd}`, is: 'refused' },
  { octets: '\r\n.\n', source: `${sendmail}; ${aiosmtpd}`, is: 'refused' },
  { octets: '\r.\r', source: sec, is: 'refused' },
  { octets: '\r.\r\n', source: sec, is: 'refused' },
  { octets: '\r\n.\r', source: `${sec}: Cisco Secure Email, which made CR LF of CR`, is: 'refused' },
  { octets: '\n.\r', source: postfix, is: 'refused' },
  { octets: '\r.\n', source: postfix, is: 'refused' },
  { octets: '\r\n\0.\r\n', source: nul, is: 'refused' },
  { octets: '\r\n.\0\r\n', source: nul, is: 'refused' },
  { octets: '\r\n.\r\0\n', source: nul, is: 'refused' },
  { octets: '\0\r\n.\n', source: nul, is: 'refused' },
  {
    octets: '\r\r\n.\r\r\n',
    source: 'Postfix: CR CR LF is what a broken gateway makes of CR LF',
    is: 'refused',
  },
  { octets: '\r\n.\r\r\n', source: 'the same, in the second line end alone', is: 'refused' },
  { octets: '\r\r\n.\r\n', source: 'the same, in the first; by the letter it ends the data', is: 'refused' },
  { octets: '\n\r\n.\r\n', source: 'a bare LF before a true end', is: 'refused' },
  { octets: '\n\r.\n\r', source: 'LF CR, as Acorn and RISC OS end lines', is: 'refused' },
  { octets: '\n\n.\n\n', source: sec, is: 'refused' },
  {
    octets: '\n..\r\n',
    source: 'smtp-server 3.19: a dot was taken away behind a bare LF too',
    is: 'refused',
  },
  { octets: '\r\n..\n', source: 'a stuffed dot and a bare LF', is: 'refused' },
  { octets: '\x85.\x85', source: unicode, is: 'text' },
  { octets: '\xc2\x85.\xc2\x85', source: unicode, is: 'text' },
  { octets: '\xe2\x80\xa8.\xe2\x80\xa8', source: unicode, is: 'text' },
  { octets: '\xe2\x80\xa9.\xe2\x80\xa9', source: unicode, is: 'text' },
  { octets: '\x0b.\x0b', source: unicode, is: 'text' },
  { octets: '\x0c.\x0c', source: unicode, is: 'text' },
  { octets: '\x1c.\x1c', source: unicode, is: 'text' },
  { octets: '\r\n\x85.\r\n', source: unicode, is: 'text' },
  { octets: '\r\n. \r\n', source: 'a dot and a blank', is: 'text' },
  { octets: '\r\n.\t\r\n', source: 'a dot and a tab', is: 'text' },
  { octets: '\r\n .\r\n', source: 'a blank and a dot', is: 'text' },
  { octets: '\r\n..\r\n', source: 'RFC 5321 section 4.5.2: a line of one dot', is: 'text' },
  { octets: '\r\n...\r\n', source: 'RFC 5321 section 4.5.2: a line of two dots', is: 'text' },
  { octets: '\r\n.=0D=0A', source: 'a line end in quoted-printable', is: 'text' },
  { octets: '=0D=0A.=0D=0A', source: 'an end in quoted-printable', is: 'text' },
  { octets: '\\r\\n.\\r\\n', source: 'an end as programmers write it', is: 'text' },
  {
    octets: '\r\n\xef\xbc\x8e\r\n',
    source: 'a full-width dot, as Exchange has made dots of them',
    is: 'text',
  },
];

/** Line ends, each of which somebody may mean; two of them around a dot are an end. For every pair of them. */
export const lineEnds: string[] = [
  '\r\n',
  '\n',
  '\r',
  '\r\r\n',
  '\n\r',
  '\0\r\n',
  '\r\0\n',
  '\x0b',
  '\x0c',
  '\x85',
  '\xc2\x85',
];

/** Octets that no message may carry (see stray-octets.ts of port 25), or undefined. */
export const hasStrayOctets = (octets: string): boolean => /\r(?!\n)|(?<!\r)\n|\0/.test(octets);
