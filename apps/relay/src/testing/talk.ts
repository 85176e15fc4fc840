import type { Hop, Primary } from '@holdfast/directory';
import type { Envelope } from '../envelope-commands';
import { SmtpConversation, type ConversationSettings, type Manner } from '../smtp-conversation';

/** For specs: a conversation with a server on this machine. */
export const usualSettings: ConversationSettings = {
  hostname: 'mx.holdfast.test',
  connectTimeoutMs: 5_000,
  greetingTimeoutMs: 5_000,
  commandTimeoutMs: 5_000,
  dataTimeoutMs: 5_000,
};

export function talkTo(
  { port, host = 'primary.test' }: { port: number; host?: string },
  manner: Partial<Manner> = {},
  more: Partial<Primary> = {},
  settings: Partial<ConversationSettings> = {},
): Promise<SmtpConversation> {
  const primary: Primary = { host, port, tlsPolicy: 'none', preference: 10, ...more };
  const hop: Hop = { host, address: '127.0.0.1', port, primary };
  const usual: Manner = {
    tls: { kind: 'none' },
    isNameTrusted: true,
    isOurselves: () => false,
    admit: () => undefined,
  };
  return SmtpConversation.open(hop, { ...usualSettings, ...settings }, { ...usual, ...manner });
}

export function envelope(to: string[], more: Partial<Envelope> = {}): Envelope {
  return {
    from: 'sender@elsewhere.test',
    to: to.map((address) => ({ address, notify: null, originalRecipient: null })),
    bytes: 100,
    isSmtpUtf8: false,
    requireTls: false,
    envelopeId: null,
    ret: null,
    client: undefined,
    ...more,
  };
}
