import { crc32, deflateRawSync } from 'node:zlib';

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

// In two halves, so that no scanner minds this file.
const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('');

/** The test file of the European Institute for Computer Antivirus Research, in the text. */
export const infectedMessage = lines(...headers('Infected'), eicar);

/** The same as a file in a ZIP archive that is attached. */
export const zippedInfectedMessage = lines(
  ...headers('Papers').slice(0, -2),
  'Content-Type: multipart/mixed; boundary="parts"',
  '',
  '--parts',
  'Content-Type: text/plain',
  '',
  'See the papers.',
  '--parts',
  'Content-Type: application/zip; name="papers.zip"',
  'Content-Disposition: attachment; filename="papers.zip"',
  'Content-Transfer-Encoding: base64',
  '',
  ...(zipOf('papers.com', Buffer.from(eicar))
    .toString('base64')
    .match(/.{1,76}/g) ?? []),
  '--parts--',
);

/** A ZIP archive of one file, compressed (APPNOTE.TXT sections 4.3.7, 4.3.12, 4.3.16). */
function zipOf(name: string, content: Buffer): Buffer {
  const packed = deflateRawSync(content);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0); // version needed
  common.writeUInt16LE(8, 4); // deflate
  common.writeUInt32LE(crc32(content), 10);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(content.length, 18);
  common.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), packed]);
  const central = Buffer.concat([
    Buffer.from('PK\x01\x02\x14\x00'),
    common,
    Buffer.alloc(14), // comment, disk, attributes, offset of the file: all nothing
    Buffer.from(name),
  ]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}
