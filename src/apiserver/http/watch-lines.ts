import { ApiError } from '../client/api-error.js'
import type { WatchEvent } from '../client/client.js'
import type { KubeObject } from '../../api/definition.js'
import type { ResourceWatch } from '../watch/resource-watch.js'
import type { HttpWatch } from './http-types.js'
import type { Representation } from './represent.js'
import { represent } from './represent.js'

/** The lines of a watch stream: one JSON event each. Only the first Table of a stream names the columns. */
export function watchLines(watch: ResourceWatch, form: Representation & { readonly timeoutSeconds: number | undefined }): HttpWatch {
  let isFirst = true
  const line = ({ type, object }: WatchEvent<KubeObject>): string => {
    const isBookmark = type === 'BOOKMARK'
    const shown = isBookmark && form.negotiated.as !== 'Table' ? object : represent(object, form)
    const withoutColumns = form.negotiated.as === 'Table' && !isFirst
    isFirst = false
    return JSON.stringify({ type, object: withoutColumns ? { ...shown, columnDefinitions: null } : shown })
  }
  return {
    code: 200,
    headers: { 'content-type': form.negotiated.format === 'yaml' ? 'application/yaml' : 'application/json' },
    timeoutSeconds: form.timeoutSeconds,
    next: () => {
      try {
        return watch.next().map(line)
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
        watch.stop()
        return [JSON.stringify({ type: 'ERROR', object: error.status })]
      }
    },
    onReady: (listener) => watch.onReady(listener),
    stop: () => watch.stop(),
  }
}
