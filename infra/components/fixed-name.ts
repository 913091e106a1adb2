/**
 * For resources whose name or key is fixed: the default, create before delete, would fail on the name that is
 * still taken, or write the new value under the key and then delete that same key.
 */
export const fixedName = { deleteBeforeReplace: true } as const;

/**
 * For a resource policy that AWS deletes with the bus, queue or topic it guards, and that must not go before it: a
 * deletion that stops half-way, or a changed logical name, would leave a bus open to everybody in its account.
 */
export const diesWithOwner = { ...fixedName, retainOnDelete: true } as const;
