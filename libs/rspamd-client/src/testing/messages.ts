const lines = (...text: string[]): Buffer => Buffer.from(text.join('\r\n') + '\r\n');

const headers = (subject: string): string[] => [
  'From: Ada <ada@sender.test>',
  'To: Bob <bob@domain.test>',
  `Subject: ${subject}`,
  'Date: Mon, 23 Nov 2026 10:00:00 +0000',
  'Message-ID: <one@sender.test>',
  'MIME-Version: 1.0',
  'Content-Type: text/plain; charset=utf-8',
  '',
];

/** A mail that nobody minds. */
export const plainMessage = lines(...headers('Minutes of Monday'), 'Dear Bob,', 'here they are.', 'Ada');

/** The generic test for unsolicited bulk email: every filter refuses it. */
export const gtubeMessage = lines(
  ...headers('Test'),
  'XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X',
);
