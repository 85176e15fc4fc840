/* global document, navigator, EventSource, Event, fetch, setTimeout */
/**
 * The demo page: shows what the demo's events say, and turns clicks into requests. What it shows was written by
 * strangers, so nothing is ever put into the page as HTML.
 */

const byId = (id) => document.getElementById(id);

/** An element with text or children; never HTML. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

async function request(path, body) {
  const options = body && {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  const response = await fetch(path, options || {});
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail || answer.title);
  return answer;
}

function sayTrouble(text) {
  byId('trouble').textContent = text;
  byId('trouble').hidden = text === '';
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hourCycle: 'h23' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });
const count = new Intl.NumberFormat('en');

function time(at) {
  const date = new Date(at);
  return element('time', { datetime: at, title: full.format(date) }, clock.format(date));
}

const mostRows = 12; // more is for the console

/** Puts rows into a list, keeping those that are there already: an open one stays open while others arrive. */
function showRows(list, items, total, keyOf, makeRow, emptyText) {
  const known = new Map([...list.children].map((row) => [row.dataset.key, row]));
  const rows = items.slice(0, mostRows).map((item) => {
    const row = known.get(keyOf(item)) ?? makeRow(item);
    row.dataset.key = keyOf(item);
    return row;
  });
  if (rows.length === 0) rows.push(element('p', { class: 'empty' }, emptyText));
  if (total > mostRows) {
    rows.push(element('p', { class: 'more' }, `The last ${mostRows} of ${count.format(total)}.`));
  }
  // What stays is not moved: an iframe that is taken out and put back loads again, and flickers.
  let place = list.firstElementChild;
  for (const wanted of rows) {
    if (wanted === place) place = place.nextElementSibling;
    else list.insertBefore(wanted, place);
  }
  while (place) {
    const gone = place;
    place = place.nextElementSibling;
    gone.remove();
  }
}

/** A row that makes its inside when it is opened for the first time. */
function row(title, at, who, makeInside) {
  const summary = element(
    'summary',
    {},
    element('span', { class: 'title' }, title || '(no subject)'),
    time(at),
    element('span', { class: 'who' }, who),
  );
  const details = element('details', {}, summary);
  details.addEventListener('toggle', () => {
    if (details.open && details.children.length === 1) {
      details.append(element('div', { class: 'inside' }, ...makeInside()));
    }
  });
  return details;
}

function mailRow(mail) {
  return row(mail.subject, mail.receivedAt, `to ${mail.to}`, () => {
    const text = element('pre', { tabindex: '0' }, mail.text);
    if (!mail.html) return [text];
    const frame = element('iframe', {
      sandbox: '',
      src: `/control/mailbox/${mail.id}/html`,
      title: `The mail "${mail.subject}" as HTML`,
    });
    const buttons = ['As designed', 'As plain text'].map((label) =>
      element('button', { class: 'word', type: 'button' }, label),
    );
    const show = (index) => {
      frame.hidden = index !== 0;
      text.hidden = index !== 1;
      buttons.forEach((button, n) => button.setAttribute('aria-pressed', String(n === index)));
    };
    buttons.forEach((button, n) => button.addEventListener('click', () => show(n)));
    show(0);
    return [element('div', { class: 'parts' }, ...buttons), frame, text];
  });
}

function receivedRow(message) {
  const who = `${message.from || '<>'} to ${message.to.join(', ')}`;
  return row(message.subject, message.receivedAt, who, () => [
    element('h3', {}, 'The way it came, last hop first'),
    element('pre', { tabindex: '0' }, message.received.join('\n')),
    element('h3', {}, 'All of its header'),
    element('pre', { tabindex: '0' }, message.header),
    element('h3', {}, `Its text (${count.format(message.bytes)} bytes in all)`),
    element('pre', { tabindex: '0' }, message.text),
  ]);
}

// --- what the demo says -------------------------------------------------------------------------------------------

const seen = { received: -1, mails: -1 };

async function showMailbox(total) {
  const mails = await request('/control/mailbox');
  const nothing =
    'None yet. The first comes when mail is held, the second when all of it has been delivered.';
  showRows(byId('mailbox'), mails, total, (mail) => mail.id, mailRow, nothing);
}

async function showReceived(total) {
  const messages = await request('/control/received');
  const nothing = 'Nothing yet. Messages appear here when the primaries are on.';
  showRows(
    byId('received'),
    messages,
    total,
    ({ id, receivedAt }) => `${id} ${receivedAt}`,
    receivedRow,
    nothing,
  );
}

function showState(state) {
  byId('tone').dataset.tone = state.sentence.tone;
  byId('headline').textContent = state.sentence.headline;
  byId('advice').textContent = state.sentence.advice;
  document.title = `${state.sentence.headline} Holdfast demo`;

  byId('received-total').textContent = count.format(state.primary.received);
  byId('switch').setAttribute('aria-checked', String(state.primary.up));
  byId('switch').setAttribute('aria-label', 'Primaries');
  byId('switch').disabled = false;
  byId('switch-words').textContent = state.primary.up ? 'on' : 'off';

  const sum = (key) => state.domains.reduce((total, domain) => total + domain[key], 0);
  byId('held').textContent = state.domains ? count.format(sum('held') + sum('sending')) : '–';
  byId('held-words').textContent = state.domains ? heldWords(sum) : 'not asked yet';
  byId('sent').textContent = count.format(state.sent);

  if (byId('sign-ins').children.length === 0) showOnce(state);
  // Lists are fetched when their length changed, not with every event: a burst of mail moves only the figures.
  if (state.mailbox.total !== seen.mails) void showMailbox(state.mailbox.total).catch(lost);
  if (state.primary.received !== seen.received) void showReceived(state.primary.received).catch(lost);
  seen.mails = state.mailbox.total;
  seen.received = state.primary.received;
}

/** What became of the rest; only what there is. */
function heldWords(sum) {
  const outcomes = [
    [sum('delivered'), 'delivered'],
    [sum('refused'), 'refused by the primary'],
    [sum('quarantined'), 'in quarantine'],
  ];
  const words = outcomes.filter(([n]) => n > 0).map(([n, what]) => `${count.format(n)} ${what}`);
  return ['held', ...words].join(', ');
}

/** What never changes while the demo runs. */
function showOnce({ tenants, stranger, smtp }) {
  for (const { name, owner, signInUrl } of tenants) {
    const link = element('a', { href: signInUrl, title: `Signs in as ${owner}` }, name);
    byId('sign-ins').append(link);
  }
  const { domain, from } = byId('send').elements;
  domain.replaceChildren(...tenants.map((tenant) => element('option', {}, tenant.domain)));
  from.value = stranger;
  byId('smtp-port').textContent = smtp.port;
  showSwaks(smtp);
  byId('send').addEventListener('input', () => showSwaks(smtp));
}

function showSwaks(smtp) {
  const quoted = (text) => (/^[\w@.+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
  const { to, from, subject } = letter();
  byId('swaks').textContent =
    `swaks --server ${smtp.host}:${smtp.port} --from ${quoted(from)} --to ${quoted(to)} ` +
    `--h-Subject ${quoted(subject)}`;
}

function lost() {
  seen.mails = seen.received = -1;
}

const events = new EventSource('/control/events');
events.addEventListener('state', ({ data }) => {
  sayTrouble('');
  showState(JSON.parse(data));
});
events.addEventListener('error', () => {
  lost();
  byId('tone').dataset.tone = 'unknown';
  byId('headline').textContent = 'The demo does not answer.';
  byId('advice').textContent = 'It may have been stopped. This page goes on by itself when it is back.';
  byId('switch').disabled = true;
});

// --- what the visitor does ----------------------------------------------------------------------------------------

byId('switch').addEventListener('click', async () => {
  const button = byId('switch');
  button.disabled = true;
  try {
    await request('/control/primary', { up: button.getAttribute('aria-checked') !== 'true' });
    sayTrouble('');
  } catch (error) {
    sayTrouble(`The primaries could not be switched: ${error.message}. Nothing was lost; try again.`);
  }
  button.disabled = false;
});

function letter() {
  const { localPart, domain, from, subject } = byId('send').elements;
  return { to: `${localPart.value.trim()}@${domain.value}`, from: from.value.trim(), subject: subject.value };
}

byId('send').addEventListener('submit', async (event) => {
  event.preventDefault();
  const buttons = byId('send').querySelectorAll('button');
  for (const button of buttons) button.disabled = true;
  try {
    const wanted = Number(event.submitter?.value || 1);
    showConversation(await request('/control/send', { ...letter(), count: wanted }), wanted);
    sayTrouble('');
  } catch (error) {
    sayTrouble(`The message was not sent: ${error.message}.`);
  }
  for (const button of buttons) button.disabled = false;
});

function showConversation({ isTaken, conversation, taken, reply }, wanted) {
  const box = byId('conversation');
  const lines = conversation.map(({ who, line }) => {
    const shown = line === '.' ? '(the message) .' : line;
    return element('span', { class: `said ${who}` }, `${who === 'stranger' ? '>' : ' '}  ${shown}`);
  });
  box.querySelector('pre').replaceChildren(...lines);
  box.querySelector('.verdict')?.remove();
  const isLater = !isTaken && !reply.startsWith('5');
  const words = isTaken
    ? `Taken${wanted > 1 ? `, ${count.format(taken)} of ${count.format(wanted)}` : ''}: from here on it is Holdfast's to deliver.`
    : isLater
      ? 'Not taken now: the sender keeps it and tries again.'
      : 'Refused: the sender keeps it and tells its author.';
  const tone = isTaken ? 'safe' : isLater ? 'holding' : 'trouble';
  const dot = element('span', { class: 'dot', 'data-tone': tone, 'aria-hidden': 'true' });
  box.append(element('p', { class: 'verdict', role: 'status' }, dot, element('span', {}, words)));
  box.hidden = false;
}

for (const word of document.querySelectorAll('[data-local-part]')) {
  word.addEventListener('click', () => {
    const { localPart } = byId('send').elements;
    localPart.value = word.dataset.localPart;
    localPart.dispatchEvent(new Event('input', { bubbles: true }));
  });
}

byId('copy').addEventListener('click', async () => {
  await navigator.clipboard.writeText(byId('swaks').textContent);
  byId('copy').textContent = 'Copied';
  setTimeout(() => (byId('copy').textContent = 'Copy'), 2000);
});
