import type { ServiceModel } from '../model.js'
import type { WorldService } from '../world.js'

/** Reads a Service. */
export function readService({
  metadata: { name = '', namespace = 'default' },
  spec: { selector, ports = [] } = {},
}: WorldService): ServiceModel {
  return {
    key: `${namespace}/${name}`,
    namespace,
    selector: selector === undefined || selector === null ? undefined : selector,
    ports: (ports ?? []).map(({ name: title, port, protocol, targetPort }) => ({
      name: title,
      port,
      protocol: protocol === 'UDP' || protocol === 'SCTP' ? protocol : 'TCP',
      targetPort: targetPort ?? port,
    })),
  }
}
