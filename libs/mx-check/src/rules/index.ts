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
export type Rule = (facts: Facts) => Finding[];

export const rules: Rule[] = [mxRecordRules, mxHosts, us, primaryRules, separation, policyRules, nameServers];
