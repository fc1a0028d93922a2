export { SimCluster } from './cluster/sim-cluster.js'
export type { ClusterOptions, KubeadmOptions, NodeOptions, RestoreOptions } from './cluster/options.js'
export type { FeatureGate } from './api/feature-gates.js'
export type { ComponentVersion, SkewFault } from './cluster/version-skew.js'
export type { AuthenticationOptions, UserOptions } from './cluster/access.js'
export type { AuthenticationVerdict } from './apiserver/ports.js'
export type { AuthenticationWebhook } from './apiserver/authentication/webhook-tokens.js'
export type { OidcOptions } from './apiserver/authentication/oidc-tokens.js'
export type { AbacMode, AuthorizationMode, WebhookMode } from './cluster/authorization-modes.js'
export type { AccessVerdict, CanOptions, OtherProof } from './cluster/can.js'
export type { Identity } from './cluster/identities.js'
export type { Manifests } from './cluster/manifests.js'
export { ClusterSnapshot } from './cluster/snapshot.js'
export type { ClusterSnapshotJson } from './cluster/snapshot.js'
export type { EtcdImportOptions } from './cluster/etcd-import.js'
export type { UnreadableValue } from './cluster/unreadable.js'
export { formatSnapshotStatus, SnapshotError, snapshotStatus } from './cluster/etcd-files.js'
export type { SnapshotStatus } from './cluster/etcd-files.js'
export type { DrainOptions, NodeHandle } from './cluster/node-handle.js'
export type { ComponentHandle } from './cluster/component-handle.js'
export { ApiError, ConnectionError, isApiError } from './apiserver/client/api-error.js'
export type { Status, StatusCause, StatusDetails, StatusReason } from './apiserver/client/api-error.js'
export type * from './apiserver/client/client.js'
export type { ClusterEvents } from './apiserver/client/cluster-events.js'
export type { Component, ComponentHost } from './apiserver/client/component.js'
export type { ResourceTypes } from './apiserver/client/resources.js'
export type { KubeObject } from './api/definition.js'
export { bytesOfText, textOfBytes } from './api/byte-text.js'
export type { Gateway, HttpAnswer, Unanswered } from './apiserver/client/gateway.js'
export type {
  ForwardedPort,
  KubectlAnswer,
  KubectlOptions,
  KubectlRequest,
  KubectlResult,
  Proxied,
} from './kubectl/environment.js'
export type { Front } from './kubectl/rest/front.js'
export { defineImage, effectiveSecurity } from './kubelet/index.js'
export type {
  Decided,
  EffectiveCapabilities,
  EffectiveSecurity,
  Profile,
  SecurityOptions,
  SettingSource,
} from './kubelet/index.js'
export type {
  ContainerBehavior,
  ContainerUsage,
  DeclaredUsage,
  ImageAnswer,
  ImageBehavior,
  ImageContext,
  ImageDefinition,
  ImageEffect,
  ImageExec,
  KubeletConfiguration,
  NetworkRequest,
  NetworkResponse,
  SystemUsage,
} from './kubelet/index.js'
export type {
  ConnectOptions,
  Connection,
  DnsReply,
  From,
  Hop,
  NetworkPolicyOptions,
  OutsideHost,
  Outcome,
  PolicyConnection,
  PolicyEnd,
  PolicyEnforcer,
  RecordType,
  To,
} from './network/index.js'
export type { ClusterMetrics } from './cluster/cluster-metrics.js'
export type { PodSelection, Usage } from './cluster/measure.js'
export type { ExecOptions, ExecResult, LogOptions, PodName } from './cluster/pod-streams.js'
export { kindSchema } from './api/kind-schema.js'
export { certificateExpiry, expiryText, renewCertificates, testKeys } from './pki/index.js'
export type { CertificateExpiry, InventoryRow, Renewal } from './pki/index.js'
export { explain } from './scheduler/explain.js'
export type { ExplainOptions, Explanation } from './scheduler/explain.js'
export type { KubeSchedulerConfiguration } from './scheduler/configuration.js'
export type {
  Plugin as SchedulerPlugin,
  PluginFactory as SchedulerPluginFactory,
} from './scheduler/framework/plugin.js'
export { unresolvable, unschedulable } from './scheduler/framework/rejection.js'
export { LivelockError } from './sim/livelock.js'
