import type { Pod } from '../../api/core/generated.js'
import type { Informer } from '../../client/informers/informer.js'
import type { Indexers } from '../../client/informers/object-index.js'
import { BY_NAMESPACE, namespaceIndexer } from './ownership.js'

/** Index by namespace and each label: `shop app=web`. */
const BY_LABEL = 'label'

/** The indexes for {@link labelledPods}; shared, because there is one index for each function. */
export const labelledPodIndexers: Indexers<Pod> = {
  ...namespaceIndexer<Pod>(),
  [BY_LABEL]: ({ metadata: { namespace = '', labels } }) =>
    Object.entries(labels ?? {}).map(([key, value]) => `${namespace} ${key}=${value}`),
}

/**
 * Returns pods of a namespace in key order, among which are all with these labels: those of the rarest label,
 * or the whole namespace without one. One object of many in a namespace need not look at the pods of all.
 */
export function labelledPods(
  pods: Pick<Informer<Pod>, 'byIndex'>,
  namespace: string,
  labels: Readonly<Record<string, string>> | null | undefined,
): readonly Pod[] {
  let rarest: readonly Pod[] | undefined
  for (const [key, value] of Object.entries(labels ?? {})) {
    const found = pods.byIndex(BY_LABEL, `${namespace} ${key}=${value}`)
    if (rarest === undefined || found.length < rarest.length) rarest = found
  }
  return rarest ?? pods.byIndex(BY_NAMESPACE, namespace)
}
