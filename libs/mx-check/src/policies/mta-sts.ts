/**
 * A domain's MTA-STS record and policy (RFC 8461). mailauth reads the policy; it is fetched here, because what goes wrong on the way
 * is what a tenant wants to know, and because the host is a stranger's: no redirects, bounded, never to a private address.
 */
import { request } from 'node:https';
import type { MTASTSPolicy } from 'mailauth';
import { parsePolicy } from 'mailauth/lib/mta-sts.js';
import { attempt, CouldNotCheck, known, type Known } from '../known';
import type { DnsClient } from '../dns/dns-client';
import { addressesOf, textsOf } from '../dns/records';
import type { Rules } from '../settings';
import { quote } from '../words';

export interface MtaSts {
  /** records that begin as such a record must */
  records: string[];
  /** undefined: there is no record, so nobody asks for a policy */
  policy: Known<{ policy: MTASTSPolicy } | { wrong: string }> | undefined;
}

const mostPolicyBytes = 64 * 1024;
const isRecord = /^v=STSv1\s*(;|$)/;

/** @throws LookUpFailed */
export async function findMtaSts(
  dns: DnsClient,
  domain: string,
  rules: Rules,
  signal: AbortSignal,
): Promise<MtaSts> {
  const records = (await textsOf(dns, `_mta-sts.${domain}`)).filter((text) => isRecord.test(text));
  if (records.length === 0) return { records, policy: undefined };
  return { records, policy: await attempt(findPolicy(dns, `mta-sts.${domain}`, rules, signal)) };
}

async function findPolicy(dns: DnsClient, host: string, rules: Rules, signal: AbortSignal) {
  const { addresses } = await addressesOf(dns, host);
  const [first] = addresses;
  if (!first) return { wrong: `${host} has no address in DNS` };
  if (!rules.dial.mayDial(first.address))
    throw new CouldNotCheck(
      `${host} is at a private or reserved address (${first.address}); we do not connect there`,
    );
  const answer = await fetchText(first.address, host, rules, signal);
  if (!answer.isKnown) return { wrong: answer.because };
  try {
    return { policy: parsePolicy(answer.value, { strict: true }) };
  } catch (error) {
    return { wrong: `the policy cannot be read: ${quote((error as Error).message)}` };
  }
}

/** What the host does wrong is an answer (unknown, with the reason); that it does not answer is thrown. */
function fetchText(address: string, host: string, rules: Rules, signal: AbortSignal): Promise<Known<string>> {
  return new Promise((resolve, reject) => {
    const wrong = (because: string): void => resolve({ isKnown: false, because });
    const asking = request({
      host: address,
      port: rules.policyPort,
      servername: host,
      headers: { host },
      path: '/.well-known/mta-sts.txt',
      ca: rules.ca,
      agent: false,
      signal,
    });
    asking.on('error', (error: NodeJS.ErrnoException) => {
      const isCertificate = /CERT|SIGN|ALTNAME|ISSUER/i.test(error.code ?? '');
      if (isCertificate) wrong(`the certificate of ${host} is not valid (${quote(error.message)})`);
      else if (error.code === 'ECONNREFUSED') wrong(`${host} refuses HTTPS`);
      else
        reject(
          new CouldNotCheck(`${host} did not answer over HTTPS (${error.code ?? quote(error.message)})`),
        );
    });
    asking.on('response', (response) => {
      const status = response.statusCode ?? 0;
      if (status !== 200) {
        asking.destroy();
        const isElsewhere = status >= 300 && status < 400;
        return wrong(
          isElsewhere
            ? `${host} redirects, which senders must not follow`
            : `${host} answers ${status} for the policy`,
        );
      }
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > mostPolicyBytes) {
          asking.destroy();
          return wrong('the policy is larger than 64 KiB, which senders do not read');
        }
        chunks.push(chunk);
      });
      response.on('end', () => resolve(known(Buffer.concat(chunks).toString('utf8'))));
      response.on('error', () => reject(new CouldNotCheck(`${host} broke off its answer`)));
    });
    asking.end();
  });
}
