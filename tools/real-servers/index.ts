export { exim } from './exim';
export { MailServer, type Kind, type Mood } from './mail-server';
export { opensmtpd } from './opensmtpd';
export { postfix } from './postfix';
export { postfixThatSends } from './postfix-that-sends';
