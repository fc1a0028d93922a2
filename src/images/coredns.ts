import { CorefileError, corefilePath, parseCorefile } from '../lang/text/corefile.js'
import type { ImageBehavior } from '../kubelet/index.js'

/** CoreDNS as its Corefile makes it: it exits with the line of a mistake. The network responds for it. */
export const COREDNS: ImageBehavior = {
  start(context) {
    const path = corefilePath(context.command) ?? 'Corefile'
    const text = context.readFile(path)
    if (text === undefined) return { log: ['.:53'] }
    try {
      return { log: parseCorefile(text, path).flatMap(({ zones }) => zones.map((zone) => `${zone}:53`)) }
    } catch (error) {
      if (!(error instanceof CorefileError)) throw error
      return { log: [error.message], exit: 1 }
    }
  },
}
