import * as z from 'zod/mini'
import { toMillis } from '../../sim/duration.js'

let schema: z.ZodMiniType | undefined

function isDuration(value: string | number): boolean {
  try {
    toMillis(value)
    return true
  } catch {
    return false
  }
}

/**
 * Returns the schema of the options of `new SimCluster()`. Built on first use, so that importing the package
 * does not pay for it.
 */
export function optionSchema(): z.ZodMiniType {
  return (schema ??= makeSchema())
}

function makeSchema(): z.ZodMiniType {
  const wholeNumber = z
    .number()
    .check(
      z.refine((value) => Number.isSafeInteger(value) && value >= 0, 'must be a whole number, zero or more'),
    )
  const text = z.string().check(z.minLength(1))
  const texts = z.record(z.string(), z.string())
  const duration = z
    .union([z.string(), z.number()])
    .check(z.refine(isDuration, 'not a duration: write 5m, 1h30m, 250ms or milliseconds'))
  const kubelet = z.strictObject({
    rotateCertificates: z.optional(z.boolean()),
    serverTLSBootstrap: z.optional(z.boolean()),
    shutdownGracePeriod: z.optional(wholeNumber),
    shutdownGracePeriodCriticalPods: z.optional(wholeNumber),
    shutdownGracePeriodByPodPriority: z.optional(
      z.array(z.strictObject({ priority: z.number(), shutdownGracePeriodSeconds: wholeNumber })),
    ),
    evictionHard: z.optional(texts),
    evictionSoft: z.optional(texts),
    evictionSoftGracePeriod: z.optional(z.record(z.string(), wholeNumber)),
    evictionMaxPodGracePeriod: z.optional(wholeNumber),
    evictionMinimumReclaim: z.optional(texts),
    evictionPressureTransitionPeriod: z.optional(wholeNumber),
    maxContainerRestartPeriod: z.optional(
      wholeNumber.check(
        z.refine((value) => value >= 1000 && value <= 300_000, 'must be between 1,000 and 300,000'),
      ),
    ),
  })
  const node = z.strictObject({
    name: text,
    labels: z.optional(texts),
    taints: z.optional(
      z.array(z.object({ key: text, effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']) })),
    ),
    capacity: z.optional(texts),
    kubeletVersion: z.optional(text),
    kubelet: z.optional(kubelet),
    region: z.optional(text),
    zone: z.optional(text),
    internalIP: z.optional(text),
    registerReady: z.optional(z.boolean()),
    staticPods: z.optional(z.record(z.string(), z.looseObject({}))),
  })
  const component = z.looseObject({
    name: text,
    setup: z.custom((value) => typeof value === 'function', 'must be a function'),
  })
  const authorizer = z.looseObject({
    authorize: z.custom((value) => typeof value === 'function', 'must be a function'),
  })
  const mode = z.union([
    z.enum(['Node', 'RBAC', 'AlwaysAllow', 'AlwaysDeny']),
    z.strictObject({ type: z.literal('ABAC'), policies: z.union([z.string(), z.array(z.looseObject({}))]) }),
    z.strictObject({
      type: z.literal('Webhook'),
      review: z.custom((value) => typeof value === 'function', 'must be a function'),
      failurePolicy: z.optional(z.enum(['NoOpinion', 'Deny'])),
    }),
    authorizer,
  ])
  const user = z.strictObject({
    name: text,
    token: text,
    uid: z.optional(text),
    groups: z.optional(z.array(z.string())),
  })
  const oidc = z.strictObject({
    issuer: text,
    clientID: z.union([text, z.array(text).check(z.minLength(1))]),
    userOf: z.optional(z.custom((value) => typeof value === 'function', 'must be a function')),
    verify: z.custom((value) => typeof value === 'function', 'must be a function'),
    usernameClaim: z.optional(text),
    usernamePrefix: z.optional(z.string()),
    groupsClaim: z.optional(text),
    groupsPrefix: z.optional(z.string()),
    requiredClaims: z.optional(texts),
  })
  return z.strictObject({
    version: z.optional(text),
    nodes: z.optional(z.union([wholeNumber, z.array(node)])),
    seed: z.optional(z.number().check(z.refine(Number.isSafeInteger, 'must be a whole number'))),
    start: z.optional(z.number().check(z.refine(Number.isFinite, 'must be finite'))),
    interleaving: z.optional(z.enum(['fifo', 'seeded'])),
    heartbeats: z.optional(z.enum(['exact', 'quiet'])),
    maxSteps: z.optional(wholeNumber),
    maxInstantSteps: z.optional(wholeNumber),
    maxSettleTime: z.optional(duration),
    events: z.optional(z.boolean()),
    authorization: z.optional(z.union([mode, z.array(mode).check(z.minLength(1))])),
    webhooks: z.optional(
      z.record(
        z.string(),
        z.custom((value) => typeof value === 'function', 'must be a function'),
      ),
    ),
    users: z.optional(z.array(user)),
    admissionPlugins: z.optional(
      z.strictObject({ enable: z.optional(z.array(text)), disable: z.optional(z.array(text)) }),
    ),
    authentication: z.optional(
      z.strictObject({
        anonymous: z.optional(z.boolean()),
        tokenFile: z.optional(text),
        serviceAccountIssuers: z.optional(z.array(text).check(z.minLength(1))),
        apiAudiences: z.optional(z.array(text).check(z.minLength(1))),
        oidc: z.optional(z.union([oidc, z.array(oidc)])),
        webhook: z.optional(z.custom((value) => typeof value === 'function', 'must be a function')),
      }),
    ),
    without: z.optional(z.array(text)),
    manifests: z.optional(z.union([z.string(), z.array(z.looseObject({})), z.looseObject({})])),
    components: z.optional(z.array(component)),
    controllerClient: z.optional(
      z.strictObject({
        qps: z.optional(z.number().check(z.positive('must be greater than 0'))),
        burst: z.optional(z.int().check(z.gte(1, 'must be at least 1'))),
      }),
    ),
    scheduler: z.optional(z.looseObject({})),
    images: z.optional(z.record(z.string(), z.looseObject({}))),
    onUnknownImage: z.optional(z.enum(['run', 'complete-in-init-and-jobs', 'error'])),
    runtimeTimings: z.optional(z.record(z.string(), wholeNumber)),
    storage: z.optional(
      z.strictObject({
        provisioners: z.optional(z.array(text)),
        timings: z.optional(z.record(z.string(), wholeNumber)),
      }),
    ),
    nodeAgents: z.optional(
      z.looseObject({ agentOf: z.custom((value) => typeof value === 'function', 'must be a function') }),
    ),
    storedProtobuf: z.optional(
      z.looseObject({ decode: z.custom((value) => typeof value === 'function', 'must be a function') }),
    ),
    keys: z.optional(z.custom((value) => typeof value === 'function', 'must be a function')),
    clusterCIDR: z.optional(text),
    networkPolicy: z.optional(
      z.union([
        z.boolean(),
        z.strictObject({
          hostNetwork: z.optional(z.enum(['node', 'pod'])),
          ownNode: z.optional(z.enum(['both', 'ingress', 'none'])),
          finishedPods: z.optional(z.enum(['ignored', 'selected'])),
          ipBlockPods: z.optional(z.enum(['match', 'ignore'])),
          equalPriority: z.optional(z.enum(['name', 'creation'])),
          existingConnections: z.optional(z.enum(['keep', 'cut'])),
        }),
      ]),
    ),
    policyEnforcer: z.optional(
      z.looseObject({ check: z.custom((value) => typeof value === 'function', 'must be a function') }),
    ),
    metricsServer: z.optional(z.boolean()),
    loadBalancer: z.optional(z.union([z.boolean(), z.strictObject({ range: z.optional(text) })])),
    ingressController: z.optional(
      z.union([z.boolean(), z.strictObject({ className: z.optional(text), address: z.optional(text) })]),
    ),
    coreDNS: z.optional(z.boolean()),
    initialized: z.optional(z.boolean()),
    kubeadm: z.optional(
      z.strictObject({
        nodeName: z.optional(text),
        dnsDomain: z.optional(text),
        controlPlaneEndpoint: z.optional(text),
        certSANs: z.optional(z.array(text)),
        clusterName: z.optional(text),
        certificateValidityPeriod: z.optional(duration),
        caCertificateValidityPeriod: z.optional(duration),
      }),
    ),
    outside: z.optional(
      z.record(
        text,
        z.strictObject({ ip: text, ports: z.optional(z.array(wholeNumber)), body: z.optional(z.string()) }),
      ),
    ),
    serviceCIDR: z.optional(text),
    disabledAPIs: z.optional(z.array(text)),
    managedFields: z.optional(z.boolean()),
    advertiseAddress: z.optional(text.check(z.regex(/^(\[[0-9a-fA-F:]+\]|[^:]+):\d+$/, 'must be host:port'))),
  })
}
