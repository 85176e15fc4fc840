/**
 * Mail providers whose service is spread over many machines and places, by the names of their MX hosts. Told of here because of
 * what a backup brings there: little, and we say so.
 */
const providers: { name: string; endings: string[] }[] = [
  { name: 'Google Workspace', endings: ['google.com', 'googlemail.com'] },
  { name: 'Microsoft 365', endings: ['mail.protection.outlook.com', 'mx.microsoft'] },
  { name: 'Outlook.com', endings: ['olc.protection.outlook.com'] },
  { name: 'Proofpoint', endings: ['pphosted.com', 'ppe-hosted.com'] },
  { name: 'Mimecast', endings: ['mimecast.com', 'mimecast.co.za'] },
  { name: 'Barracuda', endings: ['ess.barracudanetworks.com'] },
  { name: 'Cisco Secure Email', endings: ['iphmx.com'] },
  { name: 'Amazon SES', endings: ['amazonaws.com'] },
  { name: 'iCloud Mail', endings: ['mail.icloud.com'] },
  { name: 'Yahoo', endings: ['yahoodns.net'] },
  { name: 'Zoho Mail', endings: ['zoho.com', 'zoho.eu', 'zoho.in'] },
  { name: 'Fastmail', endings: ['messagingengine.com'] },
  { name: 'Proton Mail', endings: ['protonmail.ch'] },
  { name: 'Cloudflare Email Routing', endings: ['mx.cloudflare.net'] },
  { name: 'GoDaddy', endings: ['secureserver.net'] },
  { name: 'IONOS', endings: ['kundenserver.de', 'ionos.com', 'ionos.co.uk'] },
  { name: 'OVHcloud', endings: ['mail.ovh.net', 'mail.ovh.ca'] },
  { name: 'Hetzner', endings: ['your-server.de'] },
  { name: 'Gandi', endings: ['mail.gandi.net'] },
  { name: 'Infomaniak', endings: ['ikmail.com'] },
  { name: 'Yandex 360', endings: ['mx.yandex.net', 'mx.yandex.ru'] },
  { name: 'mailbox.org', endings: ['mailbox.org'] },
];

/** @param host ASCII, lower case */
export function redundantProvider(host: string): string | undefined {
  return providers.find(({ endings }) =>
    endings.some((ending) => host === ending || host.endsWith(`.${ending}`)),
  )?.name;
}
