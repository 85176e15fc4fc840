// Made from openapi.json; do not edit.
export interface paths {
    "/api/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who you are here */
        get: operations["showMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Choose a password, after the first sign-in by a link
         * @description Whoever has one already changes it at /api/auth/change-password, which asks for the old one.
         */
        post: operations["setFirstPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The tenants that you may see, by name */
        get: operations["listTenants"];
        put?: never;
        /** Make a tenant (operators) */
        post: operations["addTenant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{idOrName}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One tenant */
        get: operations["showTenant"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Limits and suspension of a tenant (operators) */
        patch: operations["changeTenant"];
        trace?: never;
    };
    "/api/v1/tenants/{idOrName}/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let a person into a tenant (operators)
         * @description Makes the person if there is none of this address, gives them the role, and answers a one-time link that signs them in.
         */
        post: operations["addUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The plans of the provider, by name (operators) */
        get: operations["listPlans"];
        put?: never;
        /** Make a plan (operators) */
        post: operations["addPlan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plans/{idOrName}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change the limits of a plan (operators)
         * @description In force on port 25, for every tenant of the plan, within a second.
         */
        patch: operations["changePlan"];
        trace?: never;
    };
    "/api/v1/domains": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The domains that are backed up, by name */
        get: operations["listDomains"];
        put?: never;
        /** Back up a domain */
        post: operations["addDomain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/domains/{idOrName}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One domain */
        get: operations["showDomain"];
        put?: never;
        post?: never;
        /**
         * Stop backing up a domain
         * @description While mail is held for it, 409 unless `?held=discard` says that this mail is to be discarded.
         */
        delete: operations["removeDomain"];
        options?: never;
        head?: never;
        /** Whom a domain takes mail for, when, and how much */
        patch: operations["changeDomain"];
        trace?: never;
    };
    "/api/v1/domains/{idOrName}/tests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Try a connection to each primary; ask for the result by its id */
        post: operations["testPrimaries"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/domains/{idOrName}/tests/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a test found so far */
        get: operations["showPrimaryTest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/domains/{idOrName}/tls-results": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How encryption to the primaries went, by day */
        get: operations["listTlsResults"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/domains/{idOrName}/recipients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The recipients that a domain lists, by name */
        get: operations["listRecipients"];
        /**
         * Take a list of recipients from a file
         * @description CSV, the address in the first column. A line that is no recipient is passed over and named in the answer.
         */
        put: operations["importRecipients"];
        /** Add recipients to a list, or remove some */
        post: operations["changeRecipients"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/domains/{idOrName}/checks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the last checks found */
        get: operations["listChecks"];
        put?: never;
        /** Check whether failover to us will work; answers within ten seconds */
        post: operations["checkDomain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mx-check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Check any domain, also without an account
         * @description Without an account a few times a minute, and with an answer that may be a minute old.
         */
        get: operations["checkAnyDomain"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{idOrName}/filter": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a tenant wants done with mail that looks bad */
        get: operations["showFilter"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change what a tenant wants done with mail that looks bad
         * @description In force on port 25 within a second. What is left out stays as it is.
         */
        patch: operations["changeFilter"];
        trace?: never;
    };
    "/api/v1/tenants/{idOrName}/filter/rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whom a tenant allows or blocks, by pattern */
        get: operations["listFilterRules"];
        put?: never;
        /**
         * Allow, block or forget senders and networks
         * @description In force on port 25 within a second. All of it, or nothing when one pattern is wrong. A pattern that was in the other list changes over.
         */
        post: operations["changeFilterRules"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Deliveries, newest first */
        get: operations["listDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deliveries/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many deliveries are in which state */
        get: operations["countDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deliveries/actions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Retry, hold, release or discard deliveries
         * @description What is being sent at this moment is left alone; its answer is a matter of seconds.
         */
        post: operations["moveDeliveries"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deliveries/replays": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send again what was delivered and is still kept
         * @description For a primary that took mail and lost it. What a domain keeps (keepDeliveredHours) becomes new deliveries of the same messages, due at once; each copy is used once.
         */
        post: operations["replayDeliveries"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deliveries/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One delivery, with what happened to it */
        get: operations["showDelivery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Levers that are or were pulled on many deliveries */
        get: operations["listJobs"];
        put?: never;
        /**
         * Retry, hold, release or discard any number of deliveries
         * @description Goes on in the background, over restarts; what is received after this is not meant.
         */
        post: operations["startJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far a job has come */
        get: operations["showJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stop a job; what it has moved stays moved */
        post: operations["stopJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/outages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Periods in which a primary was down, newest first */
        get: operations["listOutages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/waves": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Primaries that answered and refused everybody, newest first */
        get: operations["listWaves"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/waves/decisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say what is to become of mail that a primary refuses */
        post: operations["decideWave"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lanes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Destinations, and how they are worked; for operators */
        get: operations["listLanes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Pause a destination, let it go on, or limit it; on all nodes, within two seconds */
        patch: operations["changeLane"];
        trace?: never;
    };
    "/api/v1/redirects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Domains whose mail goes elsewhere for a while */
        get: operations["listRedirects"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/domains/{idOrName}/redirect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Deliver a domain’s mail elsewhere, until it is taken back or the outage ends */
        put: operations["redirectDomain"];
        post?: never;
        /** Deliver a domain’s mail to its primaries again */
        delete: operations["takeRedirectBack"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a tenant was told, newest first */
        get: operations["listNotifications"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the whole house is (operators) */
        get: operations["showStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether this program answers */
        get: operations["isLive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether everything works that a tenant needs */
        get: operations["isReady"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Figures for Prometheus */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What changes, as it changes (server-sent events)
         * @description `counts`: the counters of domains that moved, by domain id, and of all at the beginning. `delivery`, `outage`, `notification`: hints that such a list has something new. A comment every 15 seconds says that the line is alive.
         */
        get: operations["stream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/demo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether a demo runs, and as whom one may sign in; 404 when none does */
        get: operations["showDemo"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/demo/primary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The demo's primary (operators) */
        get: operations["showDemoPrimary"];
        put?: never;
        /** Switch the demo's primary on or off (operators) */
        post: operations["switchDemoPrimary"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        MyUser: {
            id: string;
            /** @description empty for the operator's key */
            email: string;
            name: string;
        };
        /** @enum {string} */
        Role: "owner" | "admin" | "member" | "billing" | "auditor";
        MyTenant: {
            /** Format: uuid */
            id: string;
            name: string;
            role: components["schemas"]["Role"];
        };
        Me: {
            user: components["schemas"]["MyUser"];
            isOperator: boolean;
            /** @description empty for an operator, who belongs to none and sees all */
            tenants: components["schemas"]["MyTenant"][];
        };
        FirstPassword: {
            password: string;
        };
        Limits: {
            /** @description held messages, counted by recipient; above it 452 4.3.1 */
            maxHeldMessages: number | null;
            /** @description bytes of held messages; above it 452 4.3.1 */
            maxHeldBytes: number | null;
            /** @description bytes of one message; above it 552 5.3.4 */
            maxMessageBytes: number | null;
            /** @description recipients of one message; above it 452 4.5.3 */
            maxRecipientsPerMessage: number | null;
            /** @description messages an hour for each domain by itself; above it 452 4.3.1 */
            maxMessagesPerHour: number | null;
            /** @description how long a message may wait before it is given up */
            retentionDays: number | null;
        };
        Held: {
            /** @description counted by recipient */
            messages: number;
            bytes: number;
        };
        Contact: {
            email: string;
            /** Format: date-time */
            verifiedAt: string | null;
        };
        Tenant: {
            /** @description held messages, counted by recipient; above it 452 4.3.1 */
            maxHeldMessages: number | null;
            /** @description bytes of held messages; above it 452 4.3.1 */
            maxHeldBytes: number | null;
            /** @description bytes of one message; above it 552 5.3.4 */
            maxMessageBytes: number | null;
            /** @description recipients of one message; above it 452 4.5.3 */
            maxRecipientsPerMessage: number | null;
            /** @description messages an hour for each domain by itself; above it 452 4.3.1 */
            maxMessagesPerHour: number | null;
            /** @description how long a message may wait before it is given up */
            retentionDays: number | null;
            /** Format: uuid */
            id: string;
            name: string;
            suspended: boolean;
            /** @description name of its plan */
            plan: string | null;
            /** @description what applies: its own, else its plan’s, else the provider’s default; null: no limit */
            limits: components["schemas"]["Limits"];
            /** @description what counts against the limits now */
            held: components["schemas"]["Held"];
            /** Format: date-time */
            createdAt: string;
            contacts: components["schemas"]["Contact"][];
        };
        TenantPage: {
            items: components["schemas"]["Tenant"][];
            next: string | null;
        };
        NewTenant: {
            /** @example Tidewater Press */
            name: string;
            /** @description hears about held mail; verified by the word of the operator who adds it */
            contact?: string;
            /** @description name or id of a plan */
            plan?: string;
        };
        TenantChanges: {
            /** @description held messages, counted by recipient; above it 452 4.3.1 */
            maxHeldMessages?: number | null;
            /** @description bytes of held messages; above it 452 4.3.1 */
            maxHeldBytes?: number | null;
            /** @description bytes of one message; above it 552 5.3.4 */
            maxMessageBytes?: number | null;
            /** @description recipients of one message; above it 452 4.5.3 */
            maxRecipientsPerMessage?: number | null;
            /** @description messages an hour for each domain by itself; above it 452 4.3.1 */
            maxMessagesPerHour?: number | null;
            /** @description how long a message may wait before it is given up */
            retentionDays?: number | null;
            /** @description name or id of a plan; null: none */
            plan?: string | null;
            /** @description new mail is 450 while a tenant is suspended; what is held is still delivered */
            suspended?: boolean;
        };
        NewMember: {
            /** @example owner@example.org */
            email: string;
            role: components["schemas"]["Role"];
        };
        AddedMember: {
            /** @description id of the person */
            id: string;
            /** @description a link that signs this person in, once, within seven days */
            signInUrl: string;
        };
        Plan: {
            /** @description held messages, counted by recipient; above it 452 4.3.1 */
            maxHeldMessages: number | null;
            /** @description bytes of held messages; above it 452 4.3.1 */
            maxHeldBytes: number | null;
            /** @description bytes of one message; above it 552 5.3.4 */
            maxMessageBytes: number | null;
            /** @description recipients of one message; above it 452 4.5.3 */
            maxRecipientsPerMessage: number | null;
            /** @description messages an hour for each domain by itself; above it 452 4.3.1 */
            maxMessagesPerHour: number | null;
            /** @description how long a message may wait before it is given up */
            retentionDays: number | null;
            /** Format: uuid */
            id: string;
            name: string;
            /** @description how many tenants have it */
            tenants: number;
            /** Format: date-time */
            createdAt: string;
        };
        PlanPage: {
            items: components["schemas"]["Plan"][];
            next: string | null;
        };
        NewPlan: {
            /** @description held messages, counted by recipient; above it 452 4.3.1 */
            maxHeldMessages?: number | null;
            /** @description bytes of held messages; above it 452 4.3.1 */
            maxHeldBytes?: number | null;
            /** @description bytes of one message; above it 552 5.3.4 */
            maxMessageBytes?: number | null;
            /** @description recipients of one message; above it 452 4.5.3 */
            maxRecipientsPerMessage?: number | null;
            /** @description messages an hour for each domain by itself; above it 452 4.3.1 */
            maxMessagesPerHour?: number | null;
            /** @description how long a message may wait before it is given up */
            retentionDays?: number | null;
            /** @example Small */
            name: string;
        };
        PlanChanges: {
            /** @description held messages, counted by recipient; above it 452 4.3.1 */
            maxHeldMessages?: number | null;
            /** @description bytes of held messages; above it 452 4.3.1 */
            maxHeldBytes?: number | null;
            /** @description bytes of one message; above it 552 5.3.4 */
            maxMessageBytes?: number | null;
            /** @description recipients of one message; above it 452 4.5.3 */
            maxRecipientsPerMessage?: number | null;
            /** @description messages an hour for each domain by itself; above it 452 4.3.1 */
            maxMessagesPerHour?: number | null;
            /** @description how long a message may wait before it is given up */
            retentionDays?: number | null;
        };
        /** @enum {string} */
        DomainState: "pending" | "active" | "suspended";
        /** @enum {string} */
        RecipientPolicy: "any" | "list" | "call-ahead";
        /** @enum {string} */
        WhenPrimaryUp: "accept" | "defer";
        /** @enum {string} */
        TlsPolicy: "none" | "opportunistic" | "required" | "dane" | "mta-sts" | "pinned";
        /** @enum {string} */
        TellsClient: "none" | "xclient" | "xforward";
        Primary: {
            host: string;
            port: number;
            tlsPolicy: components["schemas"]["TlsPolicy"];
            preference: number;
            /** @description the MX records of `host` say where to */
            byMx: boolean;
            pins: string[];
            tellsClient: components["schemas"]["TellsClient"];
            /** @description user name of the login; null: without */
            login: string | null;
        };
        DomainCounts: {
            held: number;
            heldBytes: number;
            sending: number;
            quarantined: number;
            delivered: number;
            refused: number;
            expired: number;
            discarded: number;
        };
        OpenOutage: {
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            beganAt: string;
            /** Format: date-time */
            noticedAt: string;
            cause: string;
            messagesHeld: number;
        };
        Domain: {
            /** Format: uuid */
            id: string;
            /** @example example.org */
            domain: string;
            /** @description name of the tenant */
            tenant: string;
            state: components["schemas"]["DomainState"];
            recipientPolicy: components["schemas"]["RecipientPolicy"];
            /** @description how many recipients are listed; they count with the policy `list` */
            recipientsListed: number;
            plusAddressing: boolean;
            whenPrimaryUp: components["schemas"]["WhenPrimaryUp"];
            deferMinutes: number;
            /** @description with `call-ahead`: whether the primary takes any address, so that it cannot tell us whom it knows; null: not asked yet */
            primaryAcceptsAll: boolean | null;
            /** @description null: the tenant’s limit applies */
            maxMessageBytes: number | null;
            /** @description null: the tenant’s limit applies */
            maxMessagesPerHour: number | null;
            /** @description when we deliver to its primary */
            maxConnections: number | null;
            /** @description when we deliver to its primary */
            maxMessagesPerMinute: number | null;
            /** @description how long a message may wait before it is given up */
            retentionDays: number;
            /** @description the domain’s own word on it; null: the tenant’s */
            chosenRetentionDays: number | null;
            /** @description so many hours what was delivered is kept, to be sent again; 0: not at all */
            keepDeliveredHours: number;
            /** @description most preferred first */
            primaries: components["schemas"]["Primary"][];
            /** @description what goes to the primary bears our ARC seal, once its key is published */
            sealed: boolean;
            counts: components["schemas"]["DomainCounts"];
            outage: components["schemas"]["OpenOutage"] | null;
            /**
             * Format: date-time
             * @description when the oldest that waits is given up
             */
            oldestExpiresAt: string | null;
        };
        DomainPage: {
            items: components["schemas"]["Domain"][];
            next: string | null;
        };
        NewLogin: {
            /** @example backup */
            user: string;
            /** @description kept encrypted, and never given back */
            secret: string;
        };
        NewPrimary: {
            /**
             * @description a host name, or an address; with `byMx` the domain whose MX records count, and if it is left out the domain itself
             * @example mail.example.org
             */
            host?: string;
            /** @default 25 */
            port?: number;
            /**
             * @description `required`: a certificate for the host’s name; `dane`: by its TLSA records; `mta-sts`: as the domain’s own policy says; `pinned`: one of `pins`. Only `none` and `opportunistic` deliver without.
             * @default opportunistic
             */
            tlsPolicy?: components["schemas"]["TlsPolicy"];
            /**
             * @description smaller is tried first; those that are equal share the mail
             * @default 10
             */
            preference?: number;
            /** @description where its MX records say, cut at ourselves and at all that is as little preferred */
            byMx?: boolean;
            /**
             * @description with `pinned`: SHA-256 of the server’s public key (SPKI), in hexadecimal or as `sha256//` and base64
             * @example [
             *       "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
             *     ]
             */
            pins?: string[];
            /**
             * @description how the primary is told who brought a message to us, where it offers that (Postfix)
             * @default none
             */
            tellsClient?: components["schemas"]["TellsClient"];
            /** @description for SMTP AUTH. Left out, what is known for this host and port stays; null takes it away. Not with `none` and `opportunistic`. */
            login?: components["schemas"]["NewLogin"] | null;
        };
        NewDomain: {
            /** @example example.org */
            domain: string;
            /** @description name or id; operators, and people of several tenants, must say */
            tenant?: string;
            /** @description where its mail belongs: this one, or `primaries` */
            primary?: components["schemas"]["NewPrimary"];
            primaries?: components["schemas"]["NewPrimary"][];
            /** @description an operator vouches for the domain: active at once, no TXT record needed */
            verified?: boolean;
            /** @default any */
            recipients?: components["schemas"]["RecipientPolicy"];
            /** @description for the policy `list`: addresses within the domain, or their local parts */
            addresses?: string[];
        };
        DomainChanges: {
            /** @description in place of those that it has */
            primaries?: components["schemas"]["NewPrimary"][];
            /** @description whether what goes to the primary bears our ARC seal */
            sealed?: boolean;
            recipients?: components["schemas"]["RecipientPolicy"];
            /** @description with the policy `list`: `user+anything` is `user` */
            plusAddressing?: boolean;
            /** @description `defer`: while the primary answers, senders are asked (451) to use it */
            whenPrimaryUp?: components["schemas"]["WhenPrimaryUp"];
            /** @description with `defer`: the same network that tries again after so many minutes gets in */
            deferMinutes?: number;
            maxMessageBytes?: number | null;
            maxMessagesPerHour?: number | null;
            /** @description connections to its primary at most, when we deliver; null: as the relay sees fit */
            maxConnections?: number | null;
            /** @description messages a minute at most, when we deliver; null: as fast as the primary takes them */
            maxMessagesPerMinute?: number | null;
            /** @description for mail that comes from now on; at most what the tenant may have, which is also what null means */
            retentionDays?: number | null;
            /** @description so long what was delivered is kept, to be sent again when the primary loses it; 0: not at all */
            keepDeliveredHours?: number;
        };
        TestStep: {
            /** @example mail.example.org:25 198.51.100.7 */
            place: string;
            /**
             * @description `ready` is the last of those that go well, `failed` of the others
             * @example STARTTLS
             */
            step: string;
            isGood: boolean;
            /** @description what was found, in words */
            found: string;
        };
        PrimaryTest: {
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            askedAt: string;
            /**
             * Format: date-time
             * @description null: under way
             */
            doneAt: string | null;
            steps: components["schemas"]["TestStep"][];
        };
        TlsResult: {
            /** Format: date */
            day: string;
            /**
             * @description the TLS policy of the primary
             * @example mta-sts
             */
            policy: string;
            /**
             * @description `successful`, or why not, as RFC 8460 section 4.3 calls it
             * @example certificate-expired
             */
            result: string;
            /** @description how many connections */
            count: number;
        };
        TlsResults: {
            /** @description of the last 30 days, newest first */
            items: components["schemas"]["TlsResult"][];
        };
        Recipient: {
            /** @example ada@example.org */
            address: string;
        };
        RecipientPage: {
            items: components["schemas"]["Recipient"][];
            next: string | null;
        };
        RecipientChanges: {
            /** @description addresses within the domain, local parts, or patterns with `*`; `*` alone is a catch-all */
            add?: string[];
            remove?: string[];
        };
        RowProblem: {
            /** @description line of the file, from 1 */
            row: number;
            /** @example is not an address */
            message: string;
        };
        ChangedRecipients: {
            added: number;
            removed: number;
            /** @description in the list now */
            total: number;
            /** @description lines that were passed over */
            problemCount: number;
            /** @description the first thousand of them */
            problems: components["schemas"]["RowProblem"][];
        };
        CheckFinding: {
            /**
             * @description stays the same; scripts may compare it
             * @example mx-order
             */
            check: string;
            /**
             * @description where a person looks for it
             * @example records
             */
            group: string;
            /**
             * @description `unknown`: it could not be checked, which is no alarm
             * @enum {string}
             */
            severity: "blocking" | "warning" | "unknown" | "note" | "ok";
            /** @description what was found, one sentence */
            found: string;
            /** @description why it matters, one sentence */
            why: string;
            /** @description what to do; empty where nothing is to be done */
            advice: string;
            /** @description records (or lines of a policy) to copy */
            publish: string[];
        };
        DnsCheck: {
            /** @example example.org */
            domain: string;
            /** @enum {string} */
            verdict: "ok" | "warning" | "blocking";
            /** @description one sentence to begin with */
            summary: string;
            /** @description false: something could not be checked */
            complete: boolean;
            /** Format: date-time */
            checkedAt: string;
            /** @description worst first */
            findings: components["schemas"]["CheckFinding"][];
        };
        DnsChecks: {
            /** @description newest first */
            items: components["schemas"]["DnsCheck"][];
        };
        /**
         * @description `refuse`: 550 while the sender is connected; `defer`: 451, the sender tries again; `quarantine`: taken and put aside for a person; `tag`: delivered with X-Spam-Flag
         * @enum {string}
         */
        SpamChoice: "refuse" | "defer" | "quarantine" | "tag";
        /**
         * @description what the virus scanner found; no rule lets it through
         * @enum {string}
         */
        Firmness: "refuse" | "defer" | "quarantine";
        /**
         * @description whose server is on a DNS block list that the provider asks
         * @enum {string}
         */
        AcceptOrFirmness: "accept" | "refuse" | "defer" | "quarantine";
        /**
         * @description with `call-ahead`: a recipient whom the primary did not know when it was asked
         * @enum {string}
         */
        UnknownRecipientChoice: "refuse" | "defer";
        RuleCounts: {
            allow: number;
            block: number;
        };
        Filter: {
            /** @description name of the tenant */
            tenant: string;
            /** @description `refuse`: 550 while the sender is connected; `defer`: 451, the sender tries again; `quarantine`: taken and put aside for a person; `tag`: delivered with X-Spam-Flag */
            spam: components["schemas"]["SpamChoice"];
            /** @description what the virus scanner found; no rule lets it through */
            malware: components["schemas"]["Firmness"];
            /** @description who is blocked by a rule of the tenant’s own */
            blocked: components["schemas"]["Firmness"];
            /** @description whose server is on a DNS block list that the provider asks */
            blockList: components["schemas"]["AcceptOrFirmness"];
            /** @description a sender in the very domain that is written to, whom neither SPF nor DMARC shows to be one of its own */
            ownDomain: components["schemas"]["AcceptOrFirmness"];
            /** @description with `call-ahead`: a recipient whom the primary did not know when it was asked */
            unknownRecipient: components["schemas"]["UnknownRecipientChoice"];
            /** @description the score from which mail is spam; null: the provider’s */
            rejectScore: number | null;
            /** @description the score from which mail is delivered with X-Spam-Flag; null: the provider’s */
            tagScore: number | null;
            rules: components["schemas"]["RuleCounts"];
        };
        FilterChanges: {
            /** @description `refuse`: 550 while the sender is connected; `defer`: 451, the sender tries again; `quarantine`: taken and put aside for a person; `tag`: delivered with X-Spam-Flag */
            spam?: components["schemas"]["SpamChoice"];
            /** @description what the virus scanner found; no rule lets it through */
            malware?: components["schemas"]["Firmness"];
            /** @description who is blocked by a rule of the tenant’s own */
            blocked?: components["schemas"]["Firmness"];
            /** @description whose server is on a DNS block list that the provider asks */
            blockList?: components["schemas"]["AcceptOrFirmness"];
            /** @description a sender in the very domain that is written to, whom neither SPF nor DMARC shows to be one of its own */
            ownDomain?: components["schemas"]["AcceptOrFirmness"];
            /** @description with `call-ahead`: a recipient whom the primary did not know when it was asked */
            unknownRecipient?: components["schemas"]["UnknownRecipientChoice"];
            /** @description the score from which mail is spam; null: the provider’s */
            rejectScore?: number | null;
            /** @description the score from which mail is delivered with X-Spam-Flag; null: the provider’s */
            tagScore?: number | null;
        };
        /** @enum {string} */
        RuleVerdict: "allow" | "block";
        FilterRule: {
            /** @example sender.example */
            pattern: string;
            verdict: components["schemas"]["RuleVerdict"];
            /** Format: date-time */
            createdAt: string;
        };
        RulePage: {
            items: components["schemas"]["FilterRule"][];
            next: string | null;
        };
        RuleChanges: {
            /**
             * @description addresses, domains (their subdomains too), IP addresses or networks; allowed goes before blocked
             * @example [
             *       "ada@sender.example",
             *       "sender.example",
             *       "192.0.2.0/24"
             *     ]
             */
            allow?: string[];
            block?: string[];
            /** @description out of either list */
            forget?: string[];
        };
        ChangedRules: {
            /** @description how many are new in their list */
            added: number;
            /** @description how many left a list */
            removed: number;
            /** @description how many the tenant has now */
            total: number;
        };
        /** @enum {string} */
        DeliveryState: "held" | "sending" | "quarantined" | "delivered" | "refused" | "expired" | "discarded";
        Delivery: {
            /** Format: uuid */
            deliveryId: string;
            /** Format: uuid */
            messageId: string;
            /** @description empty when the domain was removed since */
            domain: string;
            /** @description empty: the null sender */
            sender: string;
            recipient: string;
            state: components["schemas"]["DeliveryState"];
            /** @description held by a person's word: no schedule and no recovery takes it out */
            isParked: boolean;
            attempts: number;
            /** Format: date-time */
            nextAttemptAt: string | null;
            lastReply: string | null;
            /** Format: date-time */
            receivedAt: string;
            /** Format: date-time */
            settledAt: string | null;
            bytes: number;
        };
        DeliveryPage: {
            items: components["schemas"]["Delivery"][];
            next: string | null;
        };
        DeliveryStats: {
            held: number;
            sending: number;
            delivered: number;
            refused: number;
            expired: number;
            discarded: number;
            quarantined: number;
        };
        /** @enum {string} */
        LeverAction: "retry" | "hold" | "release" | "discard";
        DeliveryAction: {
            action: components["schemas"]["LeverAction"];
            deliveries?: string[];
            /**
             * Format: uuid
             * @description all recipients of one message
             */
            message?: string;
            /** @description name or id of a domain */
            domain?: string;
        };
        Changed: {
            /** @description how many deliveries moved; others may have been settled meanwhile */
            changed: number;
            /**
             * Format: uuid
             * @description the domain holds too many for one answer: they are moved by this job (`/api/v1/jobs`)
             */
            jobId?: string;
        };
        Replay: {
            deliveries?: string[];
            /** @description name or id of a domain */
            domain?: string;
            /**
             * Format: date-time
             * @description with `domain`: delivered at this moment or later
             */
            since?: string;
            /**
             * Format: date-time
             * @description with `domain`: delivered before this moment
             */
            until?: string;
        };
        /** @enum {string} */
        Scan: "clean" | "unscanned" | "not-scanned" | "spam" | "infected";
        MessageFacts: {
            clientAddress: string | null;
            clientName: string | null;
            helo: string | null;
            tls: string | null;
            scan: components["schemas"]["Scan"];
            score: number | null;
            /** @description the machine that took it and keeps its body */
            node: string;
        };
        /** @enum {string} */
        TrailEvent: "received" | "deferred" | "held" | "quarantined" | "sending" | "delivered" | "refused" | "expired" | "discarded" | "reported" | "withheld";
        TrailEntry: {
            /** Format: date-time */
            at: string;
            event: components["schemas"]["TrailEvent"];
            /** @description one sentence for a person */
            text: string;
            /** @description what the primary said, word for word */
            reply?: string | null;
            /** @description host:port that said it */
            primary?: string | null;
        };
        DeliveryDetail: {
            /** Format: uuid */
            deliveryId: string;
            /** Format: uuid */
            messageId: string;
            /** @description empty when the domain was removed since */
            domain: string;
            /** @description empty: the null sender */
            sender: string;
            recipient: string;
            state: components["schemas"]["DeliveryState"];
            /** @description held by a person's word: no schedule and no recovery takes it out */
            isParked: boolean;
            attempts: number;
            /** Format: date-time */
            nextAttemptAt: string | null;
            lastReply: string | null;
            /** Format: date-time */
            receivedAt: string;
            /** Format: date-time */
            settledAt: string | null;
            bytes: number;
            /**
             * Format: uuid
             * @description the delivery that this one repeats, because the primary lost what it had taken
             */
            replayOf: string | null;
            /**
             * Format: date-time
             * @description when it is given up; null when it is settled
             */
            expiresAt: string | null;
            message: components["schemas"]["MessageFacts"];
            /** @description oldest first */
            trail: components["schemas"]["TrailEntry"][];
        };
        /** @enum {string} */
        WaitingState: "held" | "quarantined";
        /** @enum {string} */
        JobState: "waiting" | "running" | "done" | "stopped" | "failed";
        Job: {
            /** Format: uuid */
            id: string;
            action: components["schemas"]["LeverAction"];
            /** @description null: all of the tenant’s domains */
            domain: string | null;
            deliveryState: components["schemas"]["WaitingState"] | null;
            state: components["schemas"]["JobState"];
            /** @description deliveries that fitted when it was made */
            expected: number;
            /** @description deliveries that it has come by */
            looked: number;
            /** @description deliveries that it has moved */
            changed: number;
            /** Format: date-time */
            madeAt: string;
            /** Format: date-time */
            endedAt: string | null;
        };
        JobList: {
            /** @description the last hundred, newest first */
            items: components["schemas"]["Job"][];
        };
        NewJob: {
            action: components["schemas"]["LeverAction"];
            /** @description name or id of a domain */
            domain?: string;
            /** @description name or id; operators who name no domain, and people of several tenants, must say */
            tenant?: string;
            state?: components["schemas"]["WaitingState"];
        };
        Outage: {
            /** Format: uuid */
            id: string;
            domain: string;
            /** @description name of the tenant */
            tenant: string;
            /** Format: date-time */
            beganAt: string;
            /** Format: date-time */
            noticedAt: string;
            /** Format: date-time */
            endedAt: string | null;
            /**
             * Format: date-time
             * @description when the last that it left with us was settled
             */
            drainedAt: string | null;
            cause: string;
            messagesHeld: number;
            /** @description how many of them were delivered */
            delivered: number;
        };
        OutagePage: {
            items: components["schemas"]["Outage"][];
            next: string | null;
        };
        /** @enum {string} */
        WaveDecision: "retry" | "give-up" | "redirect" | "recovered";
        RefusalWave: {
            /** Format: uuid */
            id: string;
            domain: string;
            /** @description name of the tenant */
            tenant: string;
            /** Format: date-time */
            beganAt: string;
            /**
             * @description which rule saw it
             * @example nobody-accepted
             */
            rule: string;
            /** @description what the primary said, word for word */
            reply: string;
            /** @description host:port that said it */
            saidBy: string;
            /** @description recipients that were refused until then */
            refused: number;
            /** @description of those, whom the primary once knew */
            knownRefused: number;
            accepted: number;
            /** @description deliveries of the domain that are held now */
            held: number;
            decision: components["schemas"]["WaveDecision"] | null;
            /** Format: date-time */
            decidedAt: string | null;
        };
        RefusalWavePage: {
            items: components["schemas"]["RefusalWave"][];
            next: string | null;
        };
        /**
         * @description `retry`: offer the mail again, gently; `give-up`: let refusals count, for a day; `redirect`: deliver it to `to`
         * @enum {string}
         */
        WaveWordKind: "retry" | "give-up" | "redirect";
        /** @enum {string} */
        RedirectTlsPolicy: "none" | "opportunistic" | "required";
        /**
         * @description how long; left out: until the outage ends that is open now, and without one until it is taken back
         * @enum {string}
         */
        RedirectEnd: "taken-back" | "outage-ends";
        NewRedirect: {
            /**
             * @description a host name, or an address
             * @example standby.example.org
             */
            host: string;
            /** @default 25 */
            port?: number;
            /** @default opportunistic */
            tlsPolicy?: components["schemas"]["RedirectTlsPolicy"];
            /** @description how long; left out: until the outage ends that is open now, and without one until it is taken back */
            until?: components["schemas"]["RedirectEnd"];
        };
        WaveWord: {
            /** @description name or id of the domain */
            domain: string;
            /** @description `retry`: offer the mail again, gently; `give-up`: let refusals count, for a day; `redirect`: deliver it to `to` */
            decision: components["schemas"]["WaveWordKind"];
            /** @description with `redirect`: where to */
            to?: components["schemas"]["NewRedirect"];
        };
        LaneOnNode: {
            node: string;
            /** @description the relay process that works it; null: none does now */
            owner: string | null;
            connections: number;
            /** @description connections that its pace allows now */
            allowed: number;
            closedBecause: string | null;
        };
        Lane: {
            /** @example mail.example.org:25/opportunistic */
            name: string;
            /** @description an operator paused it; null: it runs */
            pausedBecause: string | null;
            maxConnections: number | null;
            maxMessagesPerMinute: number | null;
            nodes: components["schemas"]["LaneOnNode"][];
        };
        LaneList: {
            /** @description the first thousand, by name */
            items: components["schemas"]["Lane"][];
        };
        LaneChanges: {
            /**
             * @description its name, or as much of its beginning as no other lane has
             * @example mail.example.org
             */
            lane: string;
            /** @description `false` lets it go on */
            paused?: boolean;
            /** @description why it is paused; shown wherever the lane is */
            reason?: string;
            maxConnections?: number | null;
            maxMessagesPerMinute?: number | null;
        };
        Redirect: {
            domain: string;
            host: string;
            port: number;
            tlsPolicy: components["schemas"]["RedirectTlsPolicy"];
            until: components["schemas"]["RedirectEnd"];
            /** Format: date-time */
            madeAt: string;
        };
        RedirectList: {
            items: components["schemas"]["Redirect"][];
        };
        Notification: {
            /** Format: uuid */
            id: string;
            /** @example holding */
            kind: string;
            recipient: string;
            subject: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            sentAt: string | null;
            lastError: string | null;
            /** @description why it was not sent, when it was decided so */
            skippedBecause: string | null;
        };
        NotificationPage: {
            items: components["schemas"]["Notification"][];
            next: string | null;
        };
        NodeStatus: {
            node: string;
            /** @enum {string} */
            program: "api" | "smtp-ingress" | "relay" | "sentinel";
            worker: number;
            pid: number;
            /** @description false also when it has been silent for too long */
            ready: boolean;
            reasons: string[];
            /** @description figures of this program, such as a backlog */
            facts: {
                [key: string]: unknown;
            };
            /** Format: date-time */
            startedAt: string;
            /** Format: date-time */
            seenAt: string;
        };
        Status: {
            /** @description whether everything works that a tenant needs */
            ready: boolean;
            /** @description one sentence for each thing that is not well */
            reasons: string[];
            held: number;
            sending: number;
            quarantined: number;
            outagesOpen: number;
            nodes: components["schemas"]["NodeStatus"][];
        };
        Ready: {
            ready: boolean;
            reasons: string[];
        };
        DemoVisitor: {
            email: string;
            /** @description name of the tenant */
            tenant: string;
        };
        Demo: {
            /** @description as whom a visitor may sign in with one click */
            signIn: components["schemas"]["DemoVisitor"][];
        };
        DemoPrimary: {
            up: boolean;
            /** @description how many messages it took */
            received: number;
        };
        PrimarySwitch: {
            up: boolean;
        };
        FieldProblem: {
            /** @example primary.host */
            field: string;
            /** @example must be a host name or an address */
            message: string;
        };
        ProblemDetails: {
            /** @example urn:holdfast:problem:invalid */
            type: string;
            /** @example The request is not valid */
            title: string;
            /** @example 400 */
            status: number;
            /**
             * @description one sentence for a person
             * @example primary.host must be a host name or an address
             */
            detail: string;
            errors?: components["schemas"]["FieldProblem"][];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    showMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    setFirstPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FirstPassword"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    listTenants: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next` of the page before */
                after?: string;
                /** @description name or id of one tenant; none: all that you may see */
                tenant?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantPage"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    addTenant: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTenant"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    showTenant: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                idOrName: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    changeTenant: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                idOrName: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TenantChanges"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    addUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                idOrName: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewMember"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AddedMember"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    listPlans: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next` of the page before */
                after?: string;
                /** @description name or id of one tenant; none: all that you may see */
                tenant?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlanPage"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    addPlan: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPlan"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Plan"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    changePlan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                idOrName: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PlanChanges"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Plan"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    listDomains: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next` of the page before */
                after?: string;
                /** @description name or id of one tenant; none: all that you may see */
                tenant?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DomainPage"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    addDomain: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewDomain"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Domain"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    showDomain: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                idOrName: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Domain"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    removeDomain: {
        parameters: {
            query?: {
                /** @description what happens to mail that is held; without it, a domain with held mail stays */
                held?: "discard";
                /** @description name or id of one tenant */
                tenant?: string;
            };
            header?: never;
            path: {
                idOrName: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    changeDomain: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                idOrName: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DomainChanges"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Domain"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    testPrimaries: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                idOrName: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PrimaryTest"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    showPrimaryTest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                idOrName: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PrimaryTest"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    listTlsResults: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                idOrName: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TlsResults"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    listRecipients: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next` of the page before */
                after?: string;
                /** @description name or id of one tenant; none: all that you may see */
                tenant?: string;
            };
            header?: never;
            path: {
                idOrName: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecipientPage"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    importRecipients: {
        parameters: {
            query?: {
                /** @description `replace`: the file is the list afterwards; `add`: what is there stays */
                mode?: "replace" | "add";
                /** @description name or id of one tenant */
                tenant?: string;
            };
            header?: never;
            path: {
                idOrName: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/csv": string;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangedRecipients"];
                };
            };
        };
    };
    changeRecipients: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                idOrName: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecipientChanges"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangedRecipients"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    listChecks: {
        parameters: {
            query?: {
                limit?: number;
                /** @description name or id of one tenant; none: all that you may see */
                tenant?: string;
            };
            header?: never;
            path: {
                idOrName: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DnsChecks"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    checkDomain: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                idOrName: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DnsCheck"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    checkAnyDomain: {
        parameters: {
            query: {
                domain: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DnsCheck"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    showFilter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                idOrName: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Filter"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    changeFilter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                idOrName: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FilterChanges"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Filter"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    listFilterRules: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next` of the page before */
                after?: string;
                /** @description name or id of one tenant; none: all that you may see */
                tenant?: string;
                verdict?: components["schemas"]["RuleVerdict"];
            };
            header?: never;
            path: {
                idOrName: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RulePage"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    changeFilterRules: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                idOrName: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RuleChanges"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangedRules"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    listDeliveries: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next` of the page before */
                after?: string;
                /** @description name or id of one tenant; none: all that you may see */
                tenant?: string;
                /** @description name or id of a domain */
                domain?: string;
                state?: components["schemas"]["DeliveryState"];
                /** @description all recipients of one message */
                message?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryPage"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    countDeliveries: {
        parameters: {
            query?: {
                /** @description name or id of a domain */
                domain?: string;
                /** @description name or id of one tenant */
                tenant?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryStats"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    moveDeliveries: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeliveryAction"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Changed"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    replayDeliveries: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Replay"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Changed"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    showDelivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryDetail"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    listJobs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobList"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    startJob: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewJob"];
            };
        };
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    showJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    stopJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    listOutages: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next` of the page before */
                after?: string;
                /** @description name or id of one tenant; none: all that you may see */
                tenant?: string;
                /** @description name or id of a domain */
                domain?: string;
                /** @description only those that are open, or only those that are over */
                open?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OutagePage"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    listWaves: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next` of the page before */
                after?: string;
                /** @description name or id of one tenant; none: all that you may see */
                tenant?: string;
                /** @description name or id of a domain */
                domain?: string;
                /** @description only those that wait for a decision, or only those that are over */
                open?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RefusalWavePage"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    decideWave: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WaveWord"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RefusalWave"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    listLanes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LaneList"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    changeLane: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LaneChanges"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lane"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    listRedirects: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RedirectList"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    redirectDomain: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                idOrName: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewRedirect"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Redirect"];
                };
            };
        };
    };
    takeRedirectBack: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                idOrName: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    listNotifications: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next` of the page before */
                after?: string;
                /** @description name or id of one tenant; none: all that you may see */
                tenant?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationPage"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    showStatus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    isLive: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        live: boolean;
                    };
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    isReady: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ready"];
                };
            };
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ready"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    stream: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    showDemo: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Demo"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    showDemoPrimary: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DemoPrimary"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
    switchDemoPrimary: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PrimarySwitch"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DemoPrimary"];
                };
            };
            /** @description Refused; the body says why */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["ProblemDetails"];
                };
            };
        };
    };
}
