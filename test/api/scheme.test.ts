import { describe, expect, it } from 'vitest'
import type { KindDefinition, KubeObject } from '../../src/api/kind/definition.js'
import { newestMinor, oldestMinor, release } from '../../src/api/releases.js'
import { createScheme } from '../../src/api/scheme.js'

describe('the scheme', () => {
  const scheme = createScheme('v1.35')

  it.each([
    ['po', 'Pod'],
    ['pods', 'Pod'],
    ['Pod', 'Pod'],
    ['deploy', 'Deployment'],
    ['deployments.apps', 'Deployment'],
    ['deployments.v1.apps', 'Deployment'],
    ['no', 'Node'],
    ['ev', 'Event'],
    ['pdb', 'PodDisruptionBudget'],
    ['nope', undefined],
    ['scales', undefined],
  ])('knows %s', (name, kind) => expect(scheme.byName(name)?.kind).toBe(kind))

  it('prefers core events, which are also what etcd keeps', () => {
    expect(scheme.byName('events')?.group).toBe('')
    const other = scheme.byName('events.events.k8s.io')
    expect(other?.group).toBe('events.k8s.io')
    expect(scheme.storedDefinition(other as KindDefinition).group).toBe('')
  })

  it('has a field table for each kind, and each table resolves', () => {
    for (const definition of scheme.definitions()) {
      const message = scheme.messageOf(definition)
      expect(message.name).toBe(definition.message)
      for (const field of Object.values(message.fields)) {
        if (field.type === 'message') expect(message.group.message(field.message).fields).toBeTypeOf('object')
      }
    }
  })

  it('takes kinds at run time and forgets them again', () => {
    const own = createScheme('v1.35')
    const pod = own.byName('pods') as KindDefinition<KubeObject>
    own.add({
      ...pod,
      group: 'example.com',
      kind: 'Gear',
      resource: 'gears',
      singular: 'gear',
      shortNames: ['gr'],
    })
    expect([own.byName('gr')?.kind, createScheme('v1.35').byName('gr')]).toEqual(['Gear', undefined])
    own.remove('example.com', 'v1', 'Gear')
    expect([own.byName('gr'), own.byName('po')?.kind]).toEqual([undefined, 'Pod'])
  })
})

describe('releases', () => {
  it('serve what they served', () => {
    const old = (version: string) => createScheme(version).byResource('extensions', 'v1beta1', 'deployments')
    expect([old('v1.15')?.kind, old('v1.16')]).toEqual(['Deployment', undefined])
    expect(createScheme('v1.13').ofObject('policy/v1beta1', 'PodDisruptionBudget')?.stored).toBeUndefined()
    expect(createScheme('v1.24').ofObject('policy/v1beta1', 'PodDisruptionBudget')?.stored?.version).toBe(
      'v1',
    )
    expect(createScheme('v1.35').ofObject('policy/v1beta1', 'PodDisruptionBudget')).toBeUndefined()
  })

  it('differ in columns', () => {
    const columns = (version: string): readonly string[] | undefined =>
      createScheme(version)
        .byName('sa')
        ?.columns.map(({ name }) => name)
    expect([columns('v1.34'), columns('v1.35')]).toEqual([
      ['Name', 'Secrets', 'Age'],
      ['Name', 'Age'],
    ])
  })

  it('are known from the oldest to the newest, and no others', () => {
    for (let minor = oldestMinor; minor <= newestMinor; minor++)
      expect(release(`v1.${minor}`).minor).toBe(minor)
    expect(() => release('v1.12')).toThrow(RangeError)
    expect(() => release('latest')).toThrow(RangeError)
  })
})
