import { describe, expect, it } from 'vitest'
import { isApiError } from '../../src/client/api-error.js'
import { badInput } from '../support/typed.js'
import { harness } from '../apiserver/harness.js'

/** A rule: upstream's function, ours, the object that breaks it, and what is said about it. */
type Row = readonly [
  upstream: string,
  ours: string,
  resource: string,
  body: Readonly<Record<string, unknown>>,
  fault: string,
]

const service = { namespace: 'n', name: 's' }
const hook = (fields: object): object => ({
  webhooks: [
    {
      name: 'a.b.c',
      clientConfig: { service },
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      ...fields,
    },
  ],
})
const crd = (version: object, spec: object = {}): Readonly<Record<string, unknown>> => ({
  metadata: { name: 'as.x.io' },
  spec: {
    group: 'x.io',
    scope: 'Cluster',
    names: { plural: 'as', singular: 'a', kind: 'A', listKind: 'AList' },
    versions: [{ name: 'v1', served: true, storage: true, ...version }],
    ...spec,
  },
})
const schema = (fields: object): object => ({ schema: { openAPIV3Schema: { type: 'object', ...fields } } })
const list = (fields: object): object => schema({ properties: { a: { type: 'array', ...fields } } })
const items = { type: 'object', properties: { k: { type: 'string' } }, required: ['k'] }
// the only version's schema is the CRD's in the internal type
const at = 'spec.validation.openAPIV3Schema'
const scaled = (apiVersion: string, kind = 'Deployment'): Readonly<Record<string, unknown>> => ({
  spec: { maxReplicas: 1, scaleTargetRef: { apiVersion, kind, name: 'd' } },
})
const containerMetric = (fields: object): Readonly<Record<string, unknown>> => {
  const target = { type: 'Utilization', averageUtilization: 1 }
  const containerResource = { name: 'cpu', container: 'c', target, ...fields }
  const { spec } = scaled('apps/v1') as { readonly spec: object }
  return { spec: { ...spec, metrics: [{ type: 'ContainerResource', containerResource }] } }
}

const rows: readonly Row[] = [
  [
    'ValidateAPIVersion',
    'apiVersionFault',
    'horizontalpodautoscalers',
    scaled('v1'),
    'spec.scaleTargetRef.apiVersion: Invalid value: "v1": apiVersion must specify API group',
  ],
  [
    'schema.ParseGroupVersion',
    'apiVersionFault',
    'horizontalpodautoscalers',
    scaled('a/b/c', 'ReplicationController'),
    'spec.scaleTargetRef.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c',
  ],
  [
    'validateContainerResourceSource',
    'validateResourceSource',
    'horizontalpodautoscalers',
    containerMetric({ container: 'x'.repeat(64) }),
    `spec.metrics[0].containerResource.container: Invalid value: "${'x'.repeat(64)}": must be ` +
      `no more than 63 ` +
      'characters',
  ],
  [
    'ValidateContainerResourceName',
    'validateContainerResourceName',
    'horizontalpodautoscalers',
    containerMetric({ name: 'gpu' }),
    'spec.metrics[0].containerResource.name: Invalid value: "gpu": must be a standard resource ' +
      'type or fully ' +
      'qualified',
  ],
  [
    'nameValidationFn of ValidateCustomResourceDefinition',
    'validateDefinitionName',
    'customresourcedefinitions',
    { ...crd(schema({})), metadata: { name: 'bs.x.io' } },
    'metadata.name: Invalid value: "bs.x.io": must be spec.names.plural+"."+spec.group',
  ],
  [
    'ValidateCustomResourceDefinitionOpenAPISchema',
    'mapAndListTypes',
    'customresourcedefinitions',
    crd(list({ items, 'x-kubernetes-list-type': 'bag' })),
    `${at}.properties[a].x-kubernetes-list-type: Unsupported value: "bag": supported values: ` +
      `"atomic", "set", ` +
      '"map"',
  ],
  [
    'ValidateCustomResourceDefinitionOpenAPISchema',
    'mapKeys',
    'customresourcedefinitions',
    crd(list({ items, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k', 'k'] })),
    `${at}.properties[a].x-kubernetes-list-map-keys: Invalid value: ["k","k"]: must not contain duplicate ` +
      'entries',
  ],
  [
    'validateMapListKeysMapSet',
    'mapKeysAndSets',
    'customresourcedefinitions',
    crd(list({ items: { type: 'string', nullable: true }, 'x-kubernetes-list-type': 'set' })),
    `${at}.properties[a].items.nullable: Forbidden: cannot be nullable when x-kubernetes-list-type is set`,
  ],
  [
    'validateExtensions',
    'typeRules',
    'customresourcedefinitions',
    crd(
      schema({
        properties: {
          a: { 'x-kubernetes-int-or-string': true, 'x-kubernetes-preserve-unknown-fields': true },
        },
      }),
    ),
    `${at}.properties[a].x-kubernetes-preserve-unknown-fields: Invalid value: true: must be false if ` +
      'x-kubernetes-int-or-string is true',
  ],
  [
    'ValidFieldPath',
    'findField',
    'customresourcedefinitions',
    crd(schema({ 'x-kubernetes-validations': [{ rule: 'true', fieldPath: 'a' }] })),
    `${at}.x-kubernetes-validations[0].fieldPath: Invalid value: "a": must be a valid path`,
  ],
  [
    'validateDeprecationWarning',
    'warningFaults',
    'customresourcedefinitions',
    crd({ ...schema({}), deprecated: true, deprecationWarning: '' }),
    'spec.versions[0].deprecationWarning: Invalid value: "": must not be an empty string',
  ],
  [
    'validateConversionReviewVersions',
    'validateReviewVersions',
    'customresourcedefinitions',
    crd(schema({}), {
      conversion: {
        strategy: 'Webhook',
        webhook: { clientConfig: { service }, conversionReviewVersions: ['v1', 'v1'] },
      },
    }),
    'spec.conversion.conversionReviewVersions[1]: Invalid value: "v1": duplicate version',
  ],
  [
    'ValidateAPIService',
    'validateName',
    'apiservices',
    {
      metadata: { name: 'v1.a.io' },
      spec: { group: 'b.io', version: 'v1', groupPriorityMinimum: 1, versionPriority: 1 },
    },
    'metadata.name: Invalid value: "v1.a.io": must be `spec.version+"."+spec.group`: "v1.b.io"',
  ],
  [
    'ValidateIPAddressName',
    'validateName',
    'ipaddresses',
    { metadata: { name: 'a.b' }, spec: { parentRef: { resource: 'services', name: 's' } } },
    'metadata.name: Invalid value: "a.b": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
  ],
  [
    'validateServiceCIDRSpec',
    'isDualStack',
    'servicecidrs',
    { spec: { cidrs: ['10.1.0.0/24', '10.2.0.0/24'] } },
    'spec.cidrs: Invalid value: {"CIDRs":["10.1.0.0/24","10.2.0.0/24"]}: may specify no more ' +
      'than one IP for ' +
      'each IP family, i.e 192.168.0.0/24 and 2001:db8::/64',
  ],
  [
    'validateIngressRules',
    'validateRule',
    'ingresses',
    { spec: { rules: [{}, { http: { paths: [{ path: '/' }] } }] } },
    'spec.rules[1].http.paths[0].pathType: Required value: pathType must be specified',
  ],
  [
    'validateAllowedTopologies',
    'validateTopologies',
    'storageclasses',
    { provisioner: 'p', allowedTopologies: [{}] },
    'allowedTopologies[0].matchLabelExpressions: Duplicate value: ""',
  ],
  [
    'ValidateFlowSchema',
    'mandatorySchema',
    'flowschemas',
    {
      metadata: { name: 'catch-all' },
      spec: { matchingPrecedence: 9, priorityLevelConfiguration: { name: 'catch-all' } },
    },
    "spec of 'catch-all' must equal the fixed value",
  ],
  [
    'ValidateCSINodeDriver',
    'validateDriver',
    'csinodes',
    { spec: { drivers: [{ name: 'd.io', nodeID: '' }] } },
    'spec.drivers[0].nodeID: Required value',
  ],
  [
    'ValidateWebhookURL',
    'validateClientConfig',
    'validatingwebhookconfigurations',
    hook({ clientConfig: { url: 'http://a.io' } }) as Readonly<Record<string, unknown>>,
    'webhooks[0].clientConfig.url: Invalid value: "http": \'https\' is the only allowed URL ' +
      'scheme; desired ' +
      'format: https://host[/path]',
  ],
  [
    'validateValidatingWebhook',
    'validateWebhook',
    'validatingwebhookconfigurations',
    hook({ timeoutSeconds: 31 }) as Readonly<Record<string, unknown>>,
    'webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds',
  ],
]

describe("rules of upstream's functions", () => {
  const { client } = harness()
  it.each(rows)('%s (%s): %s', (_upstream, _ours, resource, body, fault) => {
    let said = 'nothing'
    try {
      client.create(
        resource,
        badInput({
          ...body,
          metadata: { name: 'x', namespace: 'default', ...(body['metadata'] as object | undefined) },
        }),
      )
    } catch (error) {
      if (!isApiError(error)) throw error
      said = error.message
    }
    expect(said).toContain(fault)
  })
})
