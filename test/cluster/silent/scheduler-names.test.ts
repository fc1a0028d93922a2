import { SimCluster, type ClusterOptions } from 'simcluster'
import { expect, test } from 'vitest'
import { badInput } from '../../support/typed.js'

type Profile = NonNullable<NonNullable<ClusterOptions['scheduler']>['profiles']>[number]

type Configuration = NonNullable<NonNullable<ClusterOptions['scheduler']>['configuration']>

const withProfile = (profile: object) => () =>
  new SimCluster({ nodes: 1, scheduler: { profiles: [badInput<Profile>(profile)] } })
const configured = (configuration: object) => () =>
  new SimCluster({ nodes: 1, scheduler: { configuration: badInput<Configuration>(configuration) } })

test('a profile that names a plugin that does not exist is refused: the plugin meant would go on', () => {
  expect(withProfile({ disabled: ['NodeAffinty'] })).toThrow(
    'no plugin NodeAffinty (did you mean NodeAffinity?)',
  )
  expect(withProfile({ weights: { NodeAffinty: 3 } })).toThrow('did you mean NodeAffinity?')
  expect(withProfile({ args: { NodeResourceFit: {} } })).toThrow('did you mean NodeResourcesFit?')
  expect(withProfile({ disabled: ['NodeAffinity'], weights: { ImageLocality: 0 } })).not.toThrow()
})

test('a KubeSchedulerConfiguration with an unknown field is refused, as by the real scheduler', () => {
  expect(configured({ profiles: [{ schedulrName: 'x' }] })).toThrow('profiles[0].schedulerName?')
  expect(configured({ profils: [] })).toThrow('scheduler.configuration.profiles?')
  expect(configured({ profiles: [{ plugins: { scor: {} } }] })).toThrow('plugins.score?')
  expect(configured({ profiles: [{ plugins: { score: { enable: [] } } }] })).toThrow('score.enabled?')
  expect(configured({ profiles: [{ pluginConfig: [{ name: 'NodeAffinty', args: {} }] }] })).toThrow(
    'NodeAffinity?',
  )
  const ignored = { leaderElection: { leaderElect: false }, parallelism: 16, clientConnection: {} }
  expect(configured({ ...ignored, profiles: [{ schedulerName: 'packed' }] })).not.toThrow()
})

test('a webhook under a name that no call can have is refused', () => {
  const hook = (name: string) => () =>
    new SimCluster({ nodes: 0, webhooks: { [name]: () => badInput<never>({}) } })
  expect(hook('guard')).toThrow('must be an https URL, or a Service as namespace/name')
  expect(hook('http://guard.example.com')).toThrow('https URL')
  expect(hook('default/guard')).not.toThrow()
  expect(hook('https://guard.example.com:8443/validate')).not.toThrow()
})
