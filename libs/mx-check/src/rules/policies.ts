/** What the domain tells senders about encryption, and whether it covers us. */
import { validateMx } from 'mailauth/lib/mta-sts.js';
import { hostsOf, ourHostOf, primaryOf, type Facts, type HostFacts } from '../facts';
import { fits, isUsable, recordFor, tlsaName } from '../policies/dane';
import { find, type Finding } from '../report';
import { certificateOf } from '../servers/visit';
import { list } from '../words';
import { tlsaLine, txtLine } from './publish';

export function policyRules(facts: Facts): Finding[] {
  return [...mtaSts(facts), ...tlsRpt(facts), ...dnssec(facts), ...dane(facts)];
}

function mtaSts(facts: Facts): Finding[] {
  const { mtaSts: sts, domain } = facts;
  if (!sts.isKnown) return [find('mta-sts', 'unknown', sts.because)];
  const { records, policy } = sts.value;
  if (!policy)
    return [
      find(
        'mta-sts',
        'note',
        'The domain has no MTA-STS policy',
        'Nothing has to be done. If you want one: begin with "mode: testing", and name your server and us.',
      ),
    ];
  if (records.length > 1)
    return [
      find(
        'mta-sts',
        'warning',
        'There are several MTA-STS records: senders then believe none',
        'Keep one.',
        [txtLine(`_mta-sts.${domain}`, 'v=STSv1; id=1')],
      ),
    ];
  if (!policy.isKnown) return [find('mta-sts', 'unknown', policy.because)];
  if ('wrong' in policy.value)
    return [
      find(
        'mta-sts',
        'warning',
        `There is an MTA-STS record, and no policy: ${policy.value.wrong}`,
        `Serve the policy at https://mta-sts.${domain}/.well-known/mta-sts.txt, or remove the record.`,
      ),
    ];
  const { policy: said } = policy.value;
  const us = ourHostOf(facts);
  const hosts = [primaryOf(facts), us].filter((host) => host !== undefined);
  const missing = hosts.filter(({ host }) => !validateMx(host, said).valid).map(({ host }) => host);
  if (said.mode === 'none') return [find('mta-sts', 'ok', 'The MTA-STS policy is switched off (mode: none)')];
  const isEnforced = said.mode === 'enforce';
  if (missing.length > 0)
    return [
      find(
        'mta-sts',
        isEnforced ? 'blocking' : 'warning',
        `The MTA-STS policy (mode: ${said.mode}) does not name ${list(missing)}`,
        'Add these lines to the policy, and then give the record another id.',
        missing.map((host) => `mx: ${host}`),
      ),
    ];
  return [
    find('mta-sts', 'ok', `The MTA-STS policy (mode: ${said.mode}) names your server and us`),
    ...(isEnforced ? hosts.flatMap(certificates) : []),
  ];
}

/** Under an enforced policy a certificate that does not verify is as good as no server (RFC 8461 section 5). */
function certificates({ host, role, visit }: HostFacts): Finding[] {
  if (!visit.isKnown)
    return [find('mta-sts-certificate', 'unknown', `The certificate of ${host} could not be seen`)];
  const { tls } = visit.value;
  const shown = certificateOf(visit.value);
  const advice =
    role === 'ours'
      ? 'This is ours to mend: tell your provider.'
      : `Give ${host} a certificate from a public authority.`;
  if (tls && !tls.isKnown)
    return [find('mta-sts-certificate', 'unknown', `The certificate of ${host} could not be seen`)];
  if (!shown)
    return [
      find('mta-sts-certificate', 'blocking', `${host} does not encrypt, and the policy demands it`, advice),
    ];
  const { problem } = shown;
  return problem === undefined
    ? [find('mta-sts-certificate', 'ok', `The certificate of ${host} is what the policy demands`)]
    : [
        find(
          'mta-sts-certificate',
          'blocking',
          `The certificate of ${host} is not valid (${problem}), and the policy demands it`,
          advice,
        ),
      ];
}

function tlsRpt({ tlsRpt: records, domain }: Facts): Finding[] {
  if (!records.isKnown) return [find('tls-rpt', 'unknown', records.because)];
  const [first] = records.value;
  if (first === undefined)
    return [
      find(
        'tls-rpt',
        'note',
        'The domain asks for no reports about encryption (TLS-RPT)',
        'With this record you hear when senders fail to encrypt.',
        [txtLine(`_smtp._tls.${domain}`, `v=TLSRPTv1; rua=mailto:tls-reports@${domain}`)],
      ),
    ];
  if (records.value.length > 1 || !/;\s*rua=(mailto:|https:)/.test(first))
    return [
      find(
        'tls-rpt',
        'note',
        records.value.length > 1
          ? 'There are several TLS-RPT records: senders then believe none'
          : 'The TLS-RPT record says not where reports go',
        'Keep one record with an address.',
        [txtLine(`_smtp._tls.${domain}`, `v=TLSRPTv1; rua=mailto:tls-reports@${domain}`)],
      ),
    ];
  return [find('tls-rpt', 'ok', 'Reports about encryption are asked for (TLS-RPT)')];
}

function dnssec({ dnssec: state }: Facts): Finding[] {
  if (!state.isKnown) return [find('dnssec', 'unknown', state.because)];
  switch (state.value) {
    case 'validated':
      return [find('dnssec', 'ok', 'The domain is signed, and the signatures are right')];
    case 'unsigned':
      return [
        find(
          'dnssec',
          'note',
          'The domain is not signed (DNSSEC)',
          'Nothing has to be done for failover; DANE needs it.',
        ),
      ];
    case 'bogus':
      return [
        find(
          'dnssec',
          'blocking',
          'The DNSSEC signatures of the domain are wrong: many senders find no MX at all',
          'Sign the zone anew, or have the registrar remove the DS record until it is right.',
        ),
      ];
    case 'not-checked':
      return [
        find(
          'dnssec',
          'unknown',
          'The domain is signed; our resolver does not say whether the signatures are right',
        ),
      ];
  }
}

function dane(facts: Facts): Finding[] {
  const us = ourHostOf(facts);
  const primaries = hostsOf(facts, 'primary').filter(({ preference }) => preference !== undefined);
  const theirs = primaries.flatMap((host) => danePerHost('dane-primary', host));
  const isUsed = primaries.some(
    ({ tlsa }) => tlsa.isKnown && tlsa.value.isValidated && tlsa.value.records.length > 0,
  );
  return [...theirs, ...(us ? danePerHost('dane-ours', us, isUsed) : [])];
}

/** @param isUsed the primary protects itself so, and its backup should not be the weaker door */
function danePerHost(check: 'dane-ours' | 'dane-primary', host: HostFacts, isUsed = false): Finding[] {
  const { tlsa, visit } = host;
  const certificate = visit.isKnown ? certificateOf(visit.value) : undefined;
  const wanted = certificate && recordFor(certificate);
  const publish = wanted ? [tlsaLine(tlsaName(host.host), wanted)] : [];
  const mend =
    check === 'dane-ours'
      ? 'This is ours to mend: tell your provider.'
      : 'Publish the record for the certificate that is in use, before the certificate changes.';
  if (!tlsa.isKnown) return [find(check, 'unknown', tlsa.because)];
  const { records, isValidated } = tlsa.value;
  if (records.length === 0) {
    if (!isUsed) return [];
    return [
      find(
        check,
        'note',
        `${host.host} has no TLSA records, and the primary has`,
        'Senders that use DANE encrypt to us as well, without proof of who we are. Ask your provider for TLSA records.',
      ),
    ];
  }
  if (!isValidated)
    return [
      find(
        check,
        'note',
        `${host.host} has TLSA records in a zone that is not validated: senders pass over them`,
        'Sign the zone (DNSSEC), or remove them.',
      ),
    ];
  if (!records.some(isUsable))
    return [
      find(
        check,
        'warning',
        `The TLSA records of ${host.host} are of a kind that is not for mail (usage 0 or 1)`,
        mend,
        publish,
      ),
    ];
  if (!certificate)
    return [
      visit.isKnown && !visit.value.tls
        ? find(check, 'blocking', `${host.host} has TLSA records and does not offer STARTTLS`, mend)
        : find(check, 'unknown', `The certificate of ${host.host} could not be seen`),
    ];
  return fits(records, certificate)
    ? [find(check, 'ok', `The TLSA records of ${host.host} fit its certificate`)]
    : [find(check, 'blocking', `No TLSA record of ${host.host} fits its certificate`, mend, publish)];
}
