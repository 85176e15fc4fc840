/** Why a primary cannot be tried at all; the sentence is for the tenant. */
export class NoWayThere extends Error {}

/** All ways lead back to ourselves: the mail stays here, and people hear of it. */
export class GoesInACircle extends NoWayThere {}
