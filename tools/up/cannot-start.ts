/** A reason why nothing can start, as one sentence for the operator. It names what they can change. */
export class CannotStart extends Error {}
