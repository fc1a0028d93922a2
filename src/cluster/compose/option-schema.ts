import type {
  AuthorizationWebhook,
  AuthorizationWebhookServer,
  FailingWebhook,
} from '../../rbac/modes/webhook.js'
import type { AuthorizationWebhookRule } from '../../rbac/modes/webhook-rules.js'
import * as z from 'zod/mini'
import {
  alternativeName,
  dnsLabel,
  dnsSubdomain,
  goDuration,
  headerName,
  hostAndPort,
  ipAddress,
  ipAndPort,
  ipRange,
  ipRanges,
  port,
  version,
} from '../../api/option-values.js'
import { nodesSchema } from './node-schema.js'
import { parsePools } from '../../controllers/node-ipam.js'
import { AbacAuthorizer, parseAbacPolicies } from '../../rbac/modes/abac.js'
import { conditionFault } from '../../rbac/modes/access-conditions.js'
import { parseEncryption } from '../../apiserver/storage/encryption/configuration.js'
import {
  anyFunction,
  anyObject,
  callable,
  distinct,
  duration,
  flag,
  implementing,
  like,
  readBy,
  ruled,
  shaped,
  strict,
  text,
  word,
} from '../../api/checked-input.js'
import type { AuthenticationOptions, UserOptions } from '../access/access.js'
import type { AuthorizationMode } from '../access/authorization-modes.js'
import { behaviorSchema, imagesSchema } from '../../kubelet/images/image-schema.js'
import type { UserInfo } from '../../client/client.js'
import type { DeviceDriverOptions } from '../../controllers/device-driver.js'
import type { Component } from '../../client/component.js'
import { type Duration, toMillis } from '../../sim/duration.js'
import { qualifiedNameFaults } from '../../api/validation/names.js'
import {
  backOff,
  backOffsFit,
  configurationSchema,
  percentage,
  pluginArgsSchema,
  pluginSetsSchema,
} from '../../scheduler/configuration-schema.js'
import { pluginSchema } from '../../scheduler/framework/plugin-schema.js'
import type {
  AccessOptions,
  AddonOptions,
  AdmissionOptions,
  ClusterOptions,
  ContainerOptions,
  ExtensionOptions,
  KubeadmOptions,
  LimitOptions,
  NetworkOptions,
  RestoreOptions,
  TimeOptions,
} from './options.js'

let schema: z.ZodMiniType<ClusterOptions> | undefined

/**
 * Returns the schema of the options of `new SimCluster()`, built on first use, so that importing the package
 * does not pay for it. Its examples are those of the options' docstrings; a test compares them.
 */
export function optionSchema(): z.ZodMiniType<ClusterOptions> {
  return (schema ??= makeSchema())
}

type Group = 'network' | 'kubeadm' | 'time'

/** What a copy may have instead of its original's; the keys of {@link RestoreOptions}. */
const OF_COPIES: Readonly<Record<Exclude<keyof RestoreOptions, Group>, true>> = {
  version: true,
  seed: true,
  components: true,
  scheduler: true,
  webhooks: true,
  images: true,
  access: true,
  extensions: true,
}

/** Returns the schema of the options with which a copy is made. */
export function restoreSchema(): z.ZodMiniType<RestoreOptions> {
  const groups: { readonly [K in Group]: z.ZodMiniType<RestoreOptions[K]> } = {
    network: z.optional(only(networkSchema(), { policyEnforcer: true })),
    kubeadm: z.optional(only(kubeadmSchema(), { keys: true })),
    time: z.optional(only(timeSchema(), { interleaving: true, events: true, heartbeats: true })),
  }
  return shaped<RestoreOptions>(z.extend(only(optionSchema(), OF_COPIES), groups))
}

/** An object of which only some keys may be there. */
const only = (schema: z.ZodMiniType, keys: Readonly<Record<string, true>>): z.ZodMiniObject =>
  z.pick(schema as z.ZodMiniObject, keys)

const wholeNumber = z
  .number()
  .check(
    z.refine((value) => Number.isSafeInteger(value) && value >= 0, 'must be a whole number, zero or more'),
  )
const positive = z.int().check(z.gte(1))
const texts = z.record(z.string(), z.string())
const deviceAttribute = z
  .strictObject({ string: word, version: word, int: z.optional(z.number()), bool: flag })
  .check(
    ruled((attribute) =>
      Object.keys(attribute).length === 1 ? undefined : 'must have one of string, version, int and bool',
    ),
  )
/** A match condition. */
const condition = (): z.ZodMiniString =>
  z.string().check(
    readBy((expression) => {
      const fault = conditionFault(expression)
      if (fault !== undefined) throw new Error(fault)
    }),
  )

const modeSchema = (): z.ZodMiniType<AuthorizationMode> =>
  shaped<AuthorizationMode>(
    z.union([
      z.enum(['Node', 'RBAC', 'AlwaysAllow', 'AlwaysDeny']),
      z.strictObject({
        type: z.literal('ABAC'),
        policies: z
          .union([z.string(), z.array(anyObject())])
          .check(
            readBy(
              (policies) =>
                new AbacAuthorizer(typeof policies === 'string' ? parseAbacPolicies(policies) : policies),
            ),
          ),
      }),
      z.strictObject({
        type: z.literal('Webhook'),
        review: webhookServer(),
        failurePolicy: z.optional(z.enum(['NoOpinion', 'Deny'])),
        timeout: z.optional(goDuration()),
        authorizedTTL: z.optional(goDuration()),
        unauthorizedTTL: z.optional(goDuration()),
        matchConditions: z.optional(z.array(z.strictObject({ expression: condition() }))),
        url: word,
      }),
      z.looseObject({ authorize: callable() }),
    ]),
  )

/** Source: pkg/kubeapiserver/options/authentication.go. */
const tokenIssuer = (): z.ZodMiniType<string> =>
  text.check(
    ruled((issuer) =>
      issuer.includes(':') && !URL.canParse(issuer)
        ? "must be a URL such as 'https://kubernetes.default.svc' if it has a colon"
        : undefined,
    ),
  )

function authenticationSchema(): z.ZodMiniType<AuthenticationOptions> {
  type Oidc = Exclude<NonNullable<AuthenticationOptions['oidc']>, readonly unknown[]>
  const oidc = strict<Oidc>({
    issuer: z
      .string()
      .check(z.regex(/^https:\/\/[^/?#]+/, "must be an https URL such as 'https://sso.example.com'")),
    clientID: z.union([text, z.array(text).check(z.minLength(1))]),
    userOf: z.optional(callable<NonNullable<Oidc['userOf']>>()),
    verify: callable<Oidc['verify']>(),
    usernameClaim: word,
    usernamePrefix: z.optional(z.string()),
    groupsClaim: word,
    groupsPrefix: z.optional(z.string()),
    requiredClaims: z.optional(texts),
  })
  return strict<AuthenticationOptions>({
    anonymous: flag,
    tokenFile: word,
    serviceAccountIssuers: z.optional(
      z.array(tokenIssuer()).check(
        z.minLength(1),
        distinct((each) => each),
      ),
    ),
    apiAudiences: z.optional(z.array(text).check(z.minLength(1))),
    oidc: z.optional(z.union([oidc, z.array(oidc)])),
    webhook: z.optional(callable<NonNullable<AuthenticationOptions['webhook']>>()),
    requestHeader: z.optional(
      z.union([
        z.literal(false),
        strict<Exclude<NonNullable<AuthenticationOptions['requestHeader']>, false>>({
          allowedNames: z.optional(z.array(text)),
          usernameHeaders: z.optional(z.array(headerName())),
          groupHeaders: z.optional(z.array(headerName())),
          uidHeaders: z.optional(z.array(headerName())),
          extraHeaderPrefixes: z.optional(z.array(headerName())),
          clientCA: word,
        }),
      ]),
    ),
  })
}

/** Keys of `containers.behaviors`: `namespace/pod` or `namespace/pod/container`. */
const podName = z
  .string()
  .check(
    z.regex(/^[-a-z0-9]+\/[-.a-z0-9]+(\/[-a-z0-9]+)?$/, 'must be namespace/pod or namespace/pod/container'),
  )

/** Keys of `webhooks`. */
const webhookName = z.string().check(
  z.regex(/^(https:\/\/.+|[^/:]+\/[^/]+.*)$/, 'must be an https URL, or a Service as namespace/name'),
  ruled((name) => (name.includes('://') && !URL.canParse(name) ? 'must be a URL without spaces' : undefined)),
)

/** Rules of `access.authorizationWebhooks`. */
const webhookRule = (): z.ZodMiniType<AuthorizationWebhookRule> =>
  strict<AuthorizationWebhookRule>({
    effect: z.enum(['allow', 'deny']),
    user: z.optional(text),
    group: z.optional(text),
    verbs: z.optional(z.array(text)),
    resources: z.optional(z.array(text)),
    namespaces: z.optional(z.array(text)),
    reason: z.optional(text),
    takes: z.optional(z.number()),
  })

/** What stands in for the server of an authorization webhook. */
const webhookServer = (): z.ZodMiniType<AuthorizationWebhookServer> =>
  z.union([callable<AuthorizationWebhook>(), z.array(webhookRule()), strict<FailingWebhook>({ error: text })])

/** Keys of `access.authorizationWebhooks`. */
const serverUrl = z.string().check(z.regex(/^https?:\/\/[^/?#]+/, 'must be a URL of a server'))

const deviceDriverSchema = (): z.ZodMiniType<DeviceDriverOptions> =>
  strict<DeviceDriverOptions>({
    name: dnsSubdomain(),
    nodes: z.optional(z.array(dnsSubdomain())),
    devices: shaped<DeviceDriverOptions['devices']>(
      z
        .array(
          z.strictObject({
            name: dnsLabel(),
            attributes: z.optional(z.record(z.string(), deviceAttribute)),
            capacity: z.optional(z.record(z.string(), anyObject())),
            taints: z.optional(z.array(anyObject())),
            consumesCounters: z.optional(z.array(anyObject())),
            allowMultipleAllocations: flag,
            bindsToNode: flag,
            bindingConditions: z.optional(z.array(text)),
            bindingFailureConditions: z.optional(z.array(text)),
            env: z.optional(texts),
          }),
        )
        .check(distinct(({ name }) => name, ['name'])),
    ),
  })

const addonSchema = (): z.ZodMiniType<AddonOptions> =>
  strict<AddonOptions>({
    metricsServer: like('{ addons: { metricsServer: true } }', flag.clone()),
    loadBalancer: like(
      "{ addons: { loadBalancer: { range: '203.0.113.0/24' } } }",
      shaped<AddonOptions['loadBalancer']>(
        z.optional(z.union([z.boolean(), z.strictObject({ range: z.optional(ipRange()) })])),
      ),
    ),
    ingressController: like(
      "{ addons: { ingressController: { className: 'nginx' } } }",
      shaped<AddonOptions['ingressController']>(
        z.optional(
          z.union([
            z.boolean(),
            z.strictObject({ className: z.optional(dnsSubdomain()), address: z.optional(ipAddress()) }),
          ]),
        ),
      ),
    ),
    coreDNS: like('{ addons: { coreDNS: true } }', flag.clone()),
    storageClass: like('{ addons: { storageClass: true } }', flag.clone()),
    deviceDrivers: like(
      "{ addons: { deviceDrivers: [{ name: 'gpu.example.com', devices: [{ name: 'gpu-0' }] }] } }",
      z.optional(z.array(deviceDriverSchema()).check(distinct(({ name }) => name, ['name']))),
    ),
    kubeProxy: like('{ addons: { kubeProxy: true } }', flag.clone()),
  })

const podRanges = (): z.ZodMiniString =>
  z.string().check(readBy((clusterCIDR) => parsePools({ clusterCIDR })))

const networkSchema = (): z.ZodMiniType<NetworkOptions> =>
  strict<NetworkOptions>({
    podCIDR: like("{ network: { podCIDR: '10.244.0.0/16,fd00:10:244::/56' } }", z.optional(podRanges())),
    serviceCIDR: like("{ network: { serviceCIDR: '10.96.0.0/12,fd00:10::/112' } }", z.optional(ipRanges())),
    policy: like(
      "{ network: { policy: { existingConnections: 'cut' } } }",
      z.optional(
        strict<NonNullable<NetworkOptions['policy']>>({
          hostNetwork: z.optional(z.enum(['node', 'pod'])),
          ownNode: z.optional(z.enum(['both', 'ingress', 'none'])),
          finishedPods: z.optional(z.enum(['ignored', 'selected'])),
          ipBlockPods: z.optional(z.enum(['match', 'ignore'])),
          equalPriority: z.optional(z.enum(['name', 'creation'])),
          existingConnections: z.optional(z.enum(['keep', 'cut'])),
        }),
      ),
    ),
    policyEnforcer: like(
      '{ network: { policyEnforcer: { check: () => ({ allowed: true }) } } }',
      shaped<NetworkOptions['policyEnforcer']>(z.optional(z.looseObject({ check: callable() }))),
    ),
    outside: like(
      "{ network: { outside: { 'db.example.com': { ip: '198.51.100.7', ports: [5432] } } } }",
      shaped<NetworkOptions['outside']>(
        z.optional(
          z.record(
            dnsSubdomain(),
            z.strictObject({
              ip: ipAddress(),
              ports: z.optional(z.array(port())),
              body: z.optional(z.string()),
            }),
          ),
        ),
      ),
    ),
  })

const encryptionText = (): z.ZodMiniString =>
  z
    .string()
    .check(
      readBy((configuration) => configuration === '' || parseEncryption(configuration, 'access.encryption')),
    )

const accessSchema = (): z.ZodMiniType<AccessOptions> =>
  strict<AccessOptions>({
    authorization: like(
      "{ access: { authorization: ['Node', 'RBAC', { type: 'Webhook', review }] } }",
      z.optional(z.union([modeSchema(), z.array(modeSchema()).check(z.minLength(1))])),
    ),
    authorizationWebhooks: like(
      "{ access: { authorizationWebhooks: { 'https://authz.test': () => ({ allowed: true }) } } }",
      shaped<AccessOptions['authorizationWebhooks']>(z.optional(z.record(serverUrl, webhookServer()))),
    ),
    authentication: like(
      '{ access: { authentication: { anonymous: false } } }',
      z.optional(authenticationSchema()),
    ),
    encryption: like(
      "{ access: { encryption: readFileSync('enc.yaml', 'utf8') } }",
      z.optional(encryptionText()),
    ),
  })

const containerSchema = (): z.ZodMiniType<ContainerOptions> =>
  strict<ContainerOptions>({
    behaviors: like(
      "{ containers: { behaviors: { 'default/web': { exitCode: 1, exitAfter: 5000 } } } }",
      z.optional(z.record(podName, behaviorSchema())),
    ),
    unknownImages: like(
      "{ containers: { unknownImages: 'error' } }",
      z.optional(z.enum(['run', 'complete-in-init-and-jobs', 'pullError', 'error'])),
    ),
    commands: like(
      "{ containers: { commands: 'self-contained' } }",
      z.optional(z.enum(['run', 'self-contained'])),
    ),
    timings: like(
      '{ containers: { timings: { imagePull: 5000 } } }',
      z.optional(
        strict<NonNullable<ContainerOptions['timings']>>({
          sandbox: z.optional(wholeNumber),
          imagePull: z.optional(wholeNumber),
          imageCheck: z.optional(wholeNumber),
          containerStart: z.optional(wholeNumber),
          startSpread: z.optional(wholeNumber),
          containerStop: z.optional(wholeNumber),
        }),
      ),
    ),
  })

const validity = (): z.ZodMiniType<Duration> =>
  duration.check(
    ruled((period) => (toMillis(period) > 0 ? undefined : "must be longer than nothing, such as '8760h'")),
  )

const kubeadmSchema = (): z.ZodMiniType<KubeadmOptions> =>
  strict<KubeadmOptions>({
    init: like('{ kubeadm: { init: false } }', flag.clone()),
    advertiseAddress: like("{ kubeadm: { advertiseAddress: '192.0.2.10:6443' } }", z.optional(ipAndPort())),
    keys: like(
      '{ kubeadm: { keys: nodeKeys } }',
      z.optional(callable<NonNullable<KubeadmOptions['keys']>>()),
    ),
    processIdentities: like('{ kubeadm: { processIdentities: true } }', flag.clone()),
    nodeName: z.optional(dnsSubdomain()),
    dnsDomain: z.optional(dnsSubdomain()),
    controlPlaneEndpoint: z.optional(hostAndPort()),
    certSANs: z.optional(z.array(alternativeName())),
    clusterName: word,
    certificateValidityPeriod: z.optional(validity()),
    caCertificateValidityPeriod: z.optional(validity()),
  })

const LATEST = Date.UTC(9999, 11, 31)

const timeSchema = (): z.ZodMiniType<TimeOptions> =>
  strict<TimeOptions>({
    start: like(
      '{ time: { start: Date.UTC(2030, 0, 1) } }',
      z.optional(
        z
          .number()
          .check(
            ruled((ms) =>
              Number.isSafeInteger(ms) && ms >= 0 && ms <= LATEST
                ? undefined
                : 'must be whole milliseconds since 1970, before the year 10000',
            ),
          ),
      ),
    ),
    interleaving: like("{ time: { interleaving: 'seeded' } }", z.optional(z.enum(['fifo', 'seeded']))),
    events: like("{ time: { events: 'one' } }", z.optional(z.enum(['batch', 'one']))),
    heartbeats: like("{ time: { heartbeats: 'exact' } }", z.optional(z.enum(['exact', 'quiet']))),
  })

const limitSchema = (): z.ZodMiniType<LimitOptions> =>
  strict<LimitOptions>({
    steps: like('{ limits: { steps: 100_000 } }', z.optional(positive)),
    stepsAtOneInstant: like('{ limits: { stepsAtOneInstant: 10_000 } }', z.optional(positive)),
    settleTime: like("{ limits: { settleTime: '1h' } }", z.optional(duration)),
    podCreation: like(
      '{ limits: { podCreation: { qps: 5 } } }',
      z.optional(
        strict<NonNullable<LimitOptions['podCreation']>>({
          qps: z.optional(z.number().check(z.positive('must be greater than 0'))),
          burst: z.optional(z.int().check(z.gte(1))),
        }),
      ),
    ),
  })

const extensionSchema = (): z.ZodMiniType<ExtensionOptions> =>
  strict<ExtensionOptions>({
    nodeAgents: like(
      '{ extensions: { nodeAgents: { agentOf: () => undefined } } }',
      shaped<ExtensionOptions['nodeAgents']>(z.optional(z.looseObject({ agentOf: callable() }))),
    ),
    storedProtobuf: like(
      '{ extensions: { storedProtobuf: { decode: (bytes, fallback) => decoded(bytes) } } }',
      shaped<ExtensionOptions['storedProtobuf']>(z.optional(z.looseObject({ decode: callable() }))),
    ),
  })

/** The schema of the scheduler's options; names of plugins are checked when the profiles are made. */
const schedulerSchema = (): z.ZodMiniType<NonNullable<ClusterOptions['scheduler']>> =>
  strict<NonNullable<ClusterOptions['scheduler']>>({
    podInitialBackoffSeconds: z.optional(backOff()),
    podMaxBackoffSeconds: z.optional(backOff()),
    profiles: shaped<NonNullable<ClusterOptions['scheduler']>['profiles']>(
      z.optional(
        z
          .array(
            z.strictObject({
              schedulerName: word,
              plugins: z.optional(z.array(z.union([pluginSchema(), anyFunction()]))),
              disabled: z.optional(z.array(text)),
              weights: z.optional(z.record(text as z.ZodMiniString, z.number())),
              percentageOfNodesToScore: z.optional(percentage()),
              args: z.optional(pluginArgsSchema()),
              sets: z.optional(pluginSetsSchema()),
            }),
          )
          .check(distinct(({ schedulerName = 'default-scheduler' }) => schedulerName, ['schedulerName'])),
      ),
    ),
    percentageOfNodesToScore: z.optional(percentage()),
    configuration: z.optional(configurationSchema()),
    plugins: shaped<NonNullable<ClusterOptions['scheduler']>['plugins']>(
      z.optional(z.array(z.union([pluginSchema(), anyFunction()]))),
    ),
  }).check(backOffsFit)

const componentSchema = (): z.ZodMiniType<Component> =>
  implementing<Component>({
    name: text,
    identity: strict<UserInfo>({
      name: text,
      uid: z.optional(z.string()),
      groups: z.optional(z.array(z.string())),
      extra: z.optional(z.record(z.string(), z.array(z.string()))),
    }),
    subject: word,
    setup: callable<Component['setup']>(),
    doze: z.optional(callable<NonNullable<Component['doze']>>()),
  })

const provisioner = (): z.ZodMiniType<string> =>
  text.check(
    ruled((name) =>
      qualifiedNameFaults(name.toLowerCase()).length === 0
        ? undefined
        : "must be a qualified name such as 'rancher.io/local-path'",
    ),
  )

const storageSchema = (): z.ZodMiniType<NonNullable<ClusterOptions['storage']>> =>
  strict<NonNullable<ClusterOptions['storage']>>({
    provisioners: z.optional(z.array(provisioner())),
    timings: z.optional(
      strict<NonNullable<NonNullable<ClusterOptions['storage']>['timings']>>({
        provision: z.optional(wholeNumber),
        delete: z.optional(wholeNumber),
        attach: z.optional(wholeNumber),
        detach: z.optional(wholeNumber),
        resize: z.optional(wholeNumber),
      }),
    ),
  })

function makeSchema(): z.ZodMiniType<ClusterOptions> {
  return strict<ClusterOptions>({
    like: like("{ like: 'kind' }", z.optional(z.enum(['kind', 'kubeadm']))),
    version: like("{ version: 'v1.34' }", z.optional(version())),
    nodes: like(
      "{ nodes: [{ name: 'a', zone: 'z1' }, { name: 'b', zone: 'z2' }] }",
      z.optional(z.union([wholeNumber, nodesSchema()])),
    ),
    seed: like(
      '{ seed: 7 }',
      z.optional(z.number().check(z.refine(Number.isSafeInteger, 'must be a whole number'))),
    ),
    manifests: like(
      "{ manifests: readFileSync('crds.yaml', 'utf8') }",
      shaped<ClusterOptions['manifests']>(
        z.optional(z.union([z.string(), z.array(anyObject()), anyObject()])),
      ),
    ),
    images: like("{ images: { 'registry.example.com/app:1': { exitCode: 1 } } }", imagesSchema()),
    components: like(
      '{ components: [defineController(...)] }',
      shaped<ClusterOptions['components']>(z.optional(z.array(componentSchema()))),
    ),
    users: like(
      "{ users: [{ name: 'jane', token: 'secret', groups: ['dev'] }] }",
      z.optional(
        z
          .array(
            strict<UserOptions>({
              name: text,
              token: text,
              uid: word,
              groups: z.optional(z.array(z.string())),
            }),
          )
          .check(distinct(({ token }) => token, ['token'])),
      ),
    ),
    webhooks: like(
      "{ webhooks: { 'default/guard': admissionWebhook(() => ({ allowed: true })) } }",
      z.optional(z.record(webhookName, callable<NonNullable<ClusterOptions['webhooks']>[string]>())),
    ),
    disable: like("{ disable: ['kube-scheduler', 'batch/v1', 'events'] }", z.optional(z.array(text))),
    addons: z.optional(addonSchema()),
    network: z.optional(networkSchema()),
    access: z.optional(accessSchema()),
    admission: z.optional(
      strict<AdmissionOptions>({
        enable: like("{ admission: { enable: ['AlwaysPullImages'] } }", z.optional(z.array(text))),
      }),
    ),
    containers: z.optional(containerSchema()),
    storage: like("{ storage: { provisioners: ['rancher.io/local-path'] } }", z.optional(storageSchema())),
    scheduler: like(
      "{ scheduler: { configuration: { profiles: [{ schedulerName: 'packed' }] } } }",
      z.optional(schedulerSchema()),
    ),
    kubeadm: z.optional(kubeadmSchema()),
    time: z.optional(timeSchema()),
    limits: z.optional(limitSchema()),
    extensions: z.optional(extensionSchema()),
  })
}
