declare module 'mx-connect' {
  import type { Socket } from 'node:net';

  interface Options {
    target: string;
    port?: number;
    /** for each host */
    maxConnectTime?: number;
    dnsOptions?: {
      blockLocalAddresses?: boolean;
      blockReservedNetworks?: boolean;
      resolveRecords?(name: string, type: 'MX' | 'A' | 'AAAA' | 'TXT'): Promise<unknown>;
    };
  }

  export default function mxConnect(
    options: Options,
  ): Promise<{ socket: Socket; hostname: string; host: string; port: number }>;
}
