import type { Draft } from '../../api/kind/draft.js'
import type { Ingress, IngressClass } from '../../api/networking/generated.js'
import type { AdmissionPlugin } from './plugin.js'
import { newestDefault } from '../../api/kind/newest-default.js'

const DEFAULT = ['ingressclass.kubernetes.io/is-default-class']
const LEGACY_CLASS = 'kubernetes.io/ingress.class'

/**
 * Sets the default class on Ingresses without a class. Source:
 * plugin/pkg/admission/network/defaultingressclass.
 */
export const defaultIngressClass: AdmissionPlugin = {
  name: 'DefaultIngressClass',
  resources: ['ingresses'],
  mutate: ({ operation, object }, context) => {
    if (operation !== 'CREATE') return
    const ingress = object as unknown as Draft<Ingress>
    if (
      ingress.spec.ingressClassName !== undefined ||
      ingress.metadata.annotations?.[LEGACY_CLASS] !== undefined
    )
      return
    const found = newestDefault(context.list<IngressClass>('ingressclasses'), DEFAULT)
    if (found !== undefined) ingress.spec.ingressClassName = found.metadata.name as string
  },
}
