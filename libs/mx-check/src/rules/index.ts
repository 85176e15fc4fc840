import type { Facts } from '../facts';
import type { Finding } from '../report';
import { mxHosts } from './mx-hosts';
import { mxRecordRules } from './mx-records';
import { nameServers } from './name-servers';
import { policyRules } from './policies';
import { primaryRules } from './primary';
import { separation } from './separation';
import { us } from './us';

/** A rule reads facts and says what it finds; it asks nobody. */
type Rule = (facts: Facts) => Finding[];

const always: Rule[] = [mxRecordRules, mxHosts, us];

/** Of a domain that does not exist there is nothing more to say. */
const ofWhatExists: Rule[] = [primaryRules, separation, policyRules, nameServers];

export function judge(facts: Facts): Finding[] {
  const isThere = !(facts.mx.isKnown && facts.mx.value.isNoName);
  return [...always, ...(isThere ? ofWhatExists : [])].flatMap((rule) => rule(facts));
}
