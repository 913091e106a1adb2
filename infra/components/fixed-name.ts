/**
 * For resources whose name or key is fixed: the default, create before delete, would fail on the name that is
 * still taken, or write the new value under the key and then delete that same key.
 */
export const fixedName = { deleteBeforeReplace: true } as const;
