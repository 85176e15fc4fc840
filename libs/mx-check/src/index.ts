export { catalogue, type CheckId, type Group } from './catalogue';
export { checkDomain } from './check-domain';
export type { Finding, Report, Severity, Verdict } from './report';
export type { CheckSettings } from './settings';
