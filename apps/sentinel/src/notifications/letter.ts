/**
 * How our mails look. A letter is written once, as data; text and HTML are two prints of it and so say the same. HTML is plain:
 * inline styles, one column, nothing remote, nothing that runs; its only style sheet swaps the colours where the reader's
 * device is dark. Everything that came from outside is escaped here and nowhere else.
 */

export interface Letter {
  subject: string;
  /** what the colour and the word above the headline say */
  state: 'holding' | 'safe' | 'filling' | 'full' | 'notice';
  /** the sentence a worried person needs; also what a phone shows under the subject */
  headline: string;
  paragraphs: string[];
  facts: {
    label: string;
    value: string;
    /** the server's own words, or an address */ isVerbatim?: boolean;
  }[];
  /** what happens next */
  next: { title: string; paragraphs: string[] };
  /** why the reader gets this */
  reason: string;
}

const textWidth = 72;

export function asText(letter: Letter): string {
  const labelWidth = Math.max(...letter.facts.map(({ label }) => label.length)) + 2;
  return [
    wrap(letter.headline),
    ...letter.paragraphs.map((paragraph) => wrap(paragraph)),
    letter.facts.map(({ label, value }) => `${`${label}:`.padEnd(labelWidth)}${value}`).join('\n'),
    `${letter.next.title}\n${letter.next.paragraphs.map((paragraph) => wrap(paragraph)).join('\n\n')}`,
    `-- \n${wrap(letter.reason)}`,
  ].join('\n\n');
}

// Deep sea blue is for what can be clicked, so it is not here. Meaning has its colours, always with a word beside them; red is for
// what needs a person.
const tones = {
  holding: { word: 'Holding', light: '#8a5300', dark: '#f2b866', band: '#e8a33d' },
  filling: { word: 'Filling', light: '#8a5300', dark: '#f2b866', band: '#e8a33d' },
  full: { word: 'Full', light: '#a8231d', dark: '#ff9d94', band: '#d0443b' },
  notice: { word: 'To know', light: '#55636f', dark: '#9fadb8', band: '#8a98a4' },
  safe: { word: 'Delivered', light: '#0b6b5e', dark: '#6fd3c1', band: '#1f9e8b' },
};
const fontFamily = `font-family:'IBM Plex Sans',-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;`;
const mono = `font-family:'IBM Plex Mono',ui-monospace,Menlo,Consolas,monospace;font-size:14px;overflow-wrap:anywhere;`;

export function asHtml(letter: Letter): string {
  const tone = tones[letter.state];
  const paragraph = (text: string): string => `<p style="margin:0 0 12px;">${escape(text)}</p>`;
  const fact = ({ label, value, isVerbatim }: Letter['facts'][number], index: number): string =>
    `<div class="line" style="padding:10px 0;${index > 0 ? 'border-top:1px solid #dfe5ea;' : ''}">` +
    `<div class="quiet" style="font-size:14px;color:#55636f;">${escape(label)}</div>` +
    `<div style="${isVerbatim ? mono : 'font-variant-numeric:tabular-nums;'}">${escape(value)}</div></div>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escape(letter.subject)}</title>
<style>
:root { color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  .ground { background: #12181e !important; color: #e6ebef !important; }
  .sheet { background: #1a222a !important; border-color: #2e3a44 !important; border-top-color: ${tone.band} !important; }
  .line { border-color: #2e3a44 !important; }
  .quiet { color: #9fadb8 !important; }
  .tone { color: ${tone.dark} !important; }
}
</style>
</head>
<body class="ground" style="margin:0;padding:0;background:#f5f8fa;color:#15202a;${fontFamily}font-size:16px;line-height:1.5;">
<div class="ground" style="background:#f5f8fa;color:#15202a;padding:24px 12px;">
<div class="sheet" style="max-width:560px;margin:0 auto;background:#ffffff;border:1px solid #dfe5ea;border-top:4px solid ${tone.band};border-radius:8px;padding:24px 20px 12px;">
<div class="tone" style="font-size:14px;font-weight:600;color:${tone.light};margin:0 0 8px;"><span aria-hidden="true">●</span> ${tone.word}</div>
<h1 style="font-size:20px;line-height:1.35;font-weight:600;margin:0 0 16px;overflow-wrap:anywhere;">${escape(letter.headline)}</h1>
${letter.paragraphs.map(paragraph).join('\n')}
<div style="margin:16px 0 20px;">
${letter.facts.map(fact).join('\n')}
</div>
<h2 style="font-size:16px;font-weight:600;margin:0 0 4px;">${escape(letter.next.title)}</h2>
${letter.next.paragraphs.map(paragraph).join('\n')}
</div>
<p class="quiet" style="max-width:560px;margin:12px auto 0;padding:0 20px;font-size:14px;color:#55636f;">${escape(letter.reason)}</p>
</div>
</body>
</html>
`;
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string): string => text.replace(/[&<>"']/g, (letter) => entities[letter] ?? letter);

function wrap(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= textWidth)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}
