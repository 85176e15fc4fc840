/** Who plays in the demo: two customers of the provider, and a stranger who writes to them. */
export interface DemoTenant {
  name: string;
  domain: string;
  primaryHost: string;
  /** Signs in, and hears about held mail at an address that does not depend on the domain we hold mail for. */
  owner: string;
}

const tenant = (name: string, domain: string, owner: string): DemoTenant => ({
  name,
  domain,
  primaryHost: `mail.${domain}`,
  owner,
});

export const demoTenants: DemoTenant[] = [
  tenant('Tidewater Press', 'tidewater.test', 'owner@tidewater-contact.test'),
  tenant('Northlight Clinic', 'northlight.test', 'owner@northlight-contact.test'),
];

export const stranger = {
  address: 'ann@example-sender.test',
  domain: 'example-sender.test',
  helo: 'mail.example-sender.test',
};
