import { CorefileError, corefilePath, parseCorefile } from '../lang/text/corefile.js'
import { imageTag } from '../api/core/pods/image-name.js'
import type { ImageBehavior } from '../kubelet/index.js'

/** CoreDNS as its Corefile makes it: it exits with the line of a mistake. The network responds for it. */
export const COREDNS: ImageBehavior = {
  start(context) {
    const path = corefilePath(context.command) ?? 'Corefile'
    const text = context.readFile(path)
    const version = `CoreDNS-${imageTag(context.image).replace(/^v/, '')}`
    if (text === undefined) return { log: ['.:53', version] }
    try {
      const zones = parseCorefile(text, path).flatMap((server) => server.zones)
      return { log: [...zones.map((zone) => `${zone}:53`), version] }
    } catch (error) {
      if (!(error instanceof CorefileError)) throw error
      return { log: [error.message], exit: 1 }
    }
  },
}
