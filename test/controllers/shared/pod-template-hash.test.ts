import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { PodTemplateSpec } from '../../../src/api/core/generated.js'
import { podTemplateHash, SAFE_ALPHABET } from '../../../src/controllers/shared/pod-template-hash.js'

const hashed = JSON.parse(
  readFileSync(new URL('../../fixtures/controllers/pod-template-hashes.json', import.meta.url), 'utf8'),
) as readonly { readonly hash: string; readonly template: PodTemplateSpec }[]

const pod = {
  restartPolicy: 'Always',
  terminationGracePeriodSeconds: 30,
  dnsPolicy: 'ClusterFirst',
  securityContext: {},
  schedulerName: 'default-scheduler',
}
const container = {
  resources: {},
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  imagePullPolicy: 'IfNotPresent',
}
const port = { name: 'http', containerPort: 80, protocol: 'TCP' }
const probe = {
  httpGet: { path: '/', port: 'http', scheme: 'HTTP' },
  timeoutSeconds: 1,
  successThreshold: 1,
  failureThreshold: 3,
}

function template(app: string, spec: object, labels: object = {}): PodTemplateSpec {
  // as recorded: enumerations are plain strings
  return { metadata: { labels: { app, ...labels } }, spec: { ...pod, ...spec } } as unknown as PodTemplateSpec
}

const plain = (
  image: string,
  imagePullPolicy: string,
  spec: object = { terminationGracePeriodSeconds: 1 },
  app = 'x',
): PodTemplateSpec =>
  template(app, { containers: [{ ...container, name: 'c', image, imagePullPolicy }], ...spec })

const wordpress = template('wordpress', {
  containers: [
    {
      ...container,
      name: 'wordpress',
      image: 'wordpress:6.8',
      ports: [port],
      env: [
        { name: 'WORDPRESS_DB_HOST', value: 'mysql' },
        {
          name: 'WORDPRESS_DB_PASSWORD',
          valueFrom: { secretKeyRef: { name: 'mysql-pass', key: 'password' } },
        },
      ],
      resources: { limits: { memory: '512Mi' }, requests: { cpu: '250m', memory: '256Mi' } },
      readinessProbe: { ...probe, periodSeconds: 5 },
    },
  ],
})

const web = template(
  'web',
  {
    terminationGracePeriodSeconds: 1,
    serviceAccountName: 'default',
    serviceAccount: 'default',
    containers: [
      {
        ...container,
        name: 'nginx',
        image: 'nginx:1.27',
        ports: [port],
        env: [
          { name: 'MODE', valueFrom: { configMapKeyRef: { name: 'settings', key: 'mode' } } },
          { name: 'X', value: '1' },
        ],
        resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '128Mi' } },
        readinessProbe: { ...probe, periodSeconds: 10 },
        volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
      },
    ],
    volumes: [{ name: 'tmp', emptyDir: {} }],
  },
  { tier: 'front' },
)

describe('podTemplateHash', () => {
  const onlyOnN1 = { terminationGracePeriodSeconds: 1, nodeSelector: { 'kubernetes.io/hostname': 'n1' } }
  it.each([
    ['74d568d489', plain('img:1', 'IfNotPresent')],
    ['596f78c7cb', plain('img:2', 'IfNotPresent')],
    ['5cdd55f547', plain('img:3', 'IfNotPresent')],
    ['594d8685f4', plain('img', 'Always', {}, 'web')],
    ['75459c65c5', plain('img', 'Always', {}, 'agent')],
    ['595f4dbf7d', plain('img', 'Always')],
    ['7dbd9b9bcd', plain('img:2', 'Always', onlyOnN1)],
    ['6dc7bdbc6d', wordpress],
    ['fbcbfbf9c', web],
  ])('is %s, as recorded on v1.34', (hash, recorded) => {
    expect(podTemplateHash(recorded, undefined, 34)).toBe(hash)
  })

  // random templates, hashed by a Go program with go-spew and k8s.io/api 0.32, after a trip through protobuf
  it.each(hashed.map(({ hash, template: random }) => [hash, random] as const))(
    'is %s for a template of many fields, as in Go',
    (hash, random) => {
      expect(podTemplateHash(random, undefined, 32)).toBe(hash)
    },
  )

  it('takes absent, empty and null lists and maps for the same', () => {
    const empty = {
      ...web,
      spec: {
        ...web.spec,
        tolerations: [],
        nodeSelector: {},
        affinity: null,
        hostAliases: null,
        overhead: null,
      },
    } as unknown as PodTemplateSpec // null where the type has a list
    expect(podTemplateHash(empty, undefined, 34)).toBe('fbcbfbf9c')
  })

  it('takes a quantity of 0 for a form of its own', () => {
    const limited = (cpu: string): string => {
      const resources = { limits: { cpu } }
      return podTemplateHash(
        template('x', { containers: [{ ...container, name: 'c', resources }] }),
        undefined,
        34,
      )
    }
    expect(limited('0')).toBe('55d896d5c9')
  })

  it('changes with the collision count, even with a count of 0', () => {
    const hashes = [undefined, 0, 1, 2].map((count) => podTemplateHash(web, count, 34))
    expect(new Set(hashes).size).toBe(4)
  })

  it('is short and of the safe alphabet, and depends on nothing but the content', () => {
    const image = fc.string({ minLength: 1 })
    fc.assert(
      fc.property(image, fc.integer({ min: 30, max: 36 }), (name, minor) => {
        const hash = podTemplateHash(plain(name, 'Always'), undefined, minor)
        expect(hash.length).toBeLessThanOrEqual(10)
        expect(Array.from(hash).every((letter) => SAFE_ALPHABET.includes(letter))).toBe(true)
        expect(podTemplateHash(plain(name, 'Always'), undefined, minor)).toBe(hash)
        expect(podTemplateHash(plain(`${name}x`, 'Always'), undefined, minor)).not.toBe(hash)
      }),
      { seed: 7 },
    )
  })
})
