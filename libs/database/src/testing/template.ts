// In a file of their own: whoever loads cluster.ts also loads a package that takes over the signals of its process.

/** The migrated database that specs clone. */
export const templateName = 'holdfast_template';

/** What the roles' passwords are made of, so that specs in other processes can connect as a program's role. */
export const specSecret = 'only-for-specs-and-never-anywhere-else';
