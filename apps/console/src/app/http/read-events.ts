/** One server-sent event, or the comment by which the server says that it is still there. */
export interface ServerEvent {
  readonly kind: 'event' | 'heartbeat';
  readonly name: string;
  readonly data: string;
  /** Resume from here after a break; undefined when the server gave none. */
  readonly id?: string;
}

/**
 * Reads server-sent events from the body of a response (WHATWG HTML, 9.2.6). The browser's EventSource is not used: it
 * hides comments, and the heartbeat is a comment, so a line that went silent would look alive.
 */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  let name = '';
  let id: string | undefined;
  let data: string[] = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = (rest + decoder.decode(value, { stream: true })).split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line.startsWith(':')) {
          yield { kind: 'heartbeat', name: '', data: '' };
        } else if (line === '') {
          if (data.length > 0) yield { kind: 'event', name: name || 'message', data: data.join('\n'), id };
          name = '';
          data = [];
        } else {
          const colon = line.indexOf(':');
          const field = colon < 0 ? line : line.slice(0, colon);
          const text = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
          if (field === 'event') name = text;
          else if (field === 'data') data.push(text);
          else if (field === 'id') id = text;
        }
      }
    }
  } finally {
    // A body that nobody reads any more would keep its connection, and a browser has only six of them for us.
    await reader.cancel().catch(() => undefined);
  }
}
