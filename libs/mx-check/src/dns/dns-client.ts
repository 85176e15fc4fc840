import { getServers } from 'node:dns';
import dnsPacket, { type Answer, type DsData, type MxData, type TlsaData, type TxtData } from 'dns-packet';
import { CouldNotCheck } from '../known';
import { askServer, type Server } from './ask-server';

/** The kinds of record that a check asks for, and what dns-packet makes of each. */
interface DataOf {
  A: string;
  AAAA: string;
  CNAME: string;
  DS: DsData;
  MX: MxData;
  NS: string;
  PTR: string;
  TLSA: TlsaData;
  TXT: TxtData;
}
export type Kind = keyof DataOf;

export interface RecordOf<K extends Kind> {
  type: K;
  name: string;
  ttl?: number;
  data: DataOf[K];
}

export interface Found<T extends Kind> {
  /** `no-name`: NXDOMAIN; `nothing`: the name is there, without such a record. The two mean very different things. */
  status: 'found' | 'nothing' | 'no-name';
  records: RecordOf<T>[];
  /** the names that the asked name stands for (CNAME), in order */
  aliases: string[];
  /** the resolver validated it by DNSSEC (AD) */
  isValidated: boolean;
}

/** Look-ups at the resolvers that we trust failed; `kind` keeps apart a wrong signature and everything else. */
export class LookUpFailed extends CouldNotCheck {
  constructor(
    message: string,
    readonly kind: 'bogus' | 'failed',
  ) {
    super(message);
  }
}

const timeoutMs = 1_500;
const rounds = 2;
/** A stranger's zone decides how much there is to ask; a domain in order needs about fifty. */
const mostQueries = 400;
const longestChain = 8;

/** Asks the configured resolvers, each question once per check, within a number of questions and a time. */
export class DnsClient {
  readonly #servers: Server[];
  readonly #asked = new Map<string, Promise<Found<Kind>>>();
  #queries = 0;

  /** @param servers `host:port`; none: the system's */
  constructor(
    servers: string[],
    private readonly signal: AbortSignal,
  ) {
    this.#servers = (servers.length > 0 ? servers : getServers()).map(toServer);
  }

  /** @throws LookUpFailed */
  look<T extends Kind>(name: string, type: T): Promise<Found<T>> {
    const key = `${type} ${name.toLowerCase()}`;
    const asked = this.#asked.get(key) ?? this.#look(name, type);
    this.#asked.set(key, asked);
    return asked as Promise<Found<Kind>> as Promise<unknown> as Promise<Found<T>>; // the key holds the type
  }

  async #look(name: string, type: Kind): Promise<Found<Kind>> {
    // AD in a question says that we understand it in the answer (RFC 6840 section 5.7).
    const flags = dnsPacket.RECURSION_DESIRED | dnsPacket.AUTHENTIC_DATA;
    const answer = await this.#ask(name, type, flags);
    if (answer.rcode === 'NOERROR' || answer.rcode === 'NXDOMAIN') {
      const { records, aliases, last } = followChain(name, type, answer.answers ?? []);
      const isNoName = answer.rcode === 'NXDOMAIN' && records.length === 0;
      if (aliases.length > longestChain)
        throw new LookUpFailed(`the aliases of ${name} do not end`, 'failed');
      return {
        status: records.length > 0 ? 'found' : isNoName ? 'no-name' : 'nothing',
        records,
        aliases: last === name ? [] : aliases,
        isValidated: answer.flag_ad,
      };
    }
    if (answer.rcode === 'SERVFAIL') {
      // Asked not to check, a validating resolver hands out what it had refused: then the signature is what is wrong.
      const unchecked = await this.#ask(name, type, flags | dnsPacket.CHECKING_DISABLED);
      if (unchecked.rcode === 'NOERROR' || unchecked.rcode === 'NXDOMAIN')
        throw new LookUpFailed(`the DNSSEC signature of ${name} is not valid`, 'bogus');
    }
    throw new LookUpFailed(`the look-up of ${type} ${name} ended in ${answer.rcode}`, 'failed');
  }

  async #ask(name: string, type: Kind, flags: number) {
    let failure = new LookUpFailed('there is no name server to ask', 'failed');
    for (let round = 0; round < rounds; round += 1) {
      for (const server of this.#servers) {
        if (++this.#queries > mostQueries)
          throw new LookUpFailed('there was too much to look up for one check', 'failed');
        try {
          return await askServer(server, { name, type }, { flags, timeoutMs, signal: this.signal });
        } catch (error) {
          if (!(error instanceof CouldNotCheck)) throw error;
          failure = new LookUpFailed(`${type} ${name} could not be looked up (${error.message})`, 'failed');
        }
        if (this.signal.aborted) throw failure;
      }
    }
    throw failure;
  }
}

/** Resolvers put the aliases before what they lead to; the order of the records is not relied on. */
function followChain(name: string, type: Kind, answers: Answer[]) {
  const aliases: string[] = [];
  let last = name;
  const ofOwner = (owner: string, wanted: Kind) =>
    answers.filter((one) => one.type === wanted && one.name.toLowerCase() === owner.toLowerCase());
  for (;;) {
    const records = ofOwner(last, type) as unknown as RecordOf<Kind>[];
    const [alias] = type === 'CNAME' ? [] : (ofOwner(last, 'CNAME') as unknown as RecordOf<'CNAME'>[]);
    if (records.length > 0 || !alias || aliases.length > longestChain) return { records, aliases, last };
    last = alias.data;
    aliases.push(last);
  }
}

function toServer(text: string): Server {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(text);
  if (bracketed) return { address: bracketed[1] as string, port: Number(bracketed[2] ?? 53) };
  const [address = text, port] = text.split(':').length === 2 ? text.split(':') : [text];
  return { address, port: Number(port ?? 53) };
}
