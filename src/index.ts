export { SimCluster } from './cluster/sim-cluster.js'
export type {
  ClusterOptions,
  KubeadmOptions,
  NodeOptions,
  RestoreOptions,
} from './cluster/compose/options.js'
export type { ControllerClientOptions } from './controllers/shared/create-rate.js'
export type { FeatureGate, FeatureGateChange, FeatureStage } from './api/feature-gates.js'
export type { ComponentVersion, SkewFault } from './cluster/compose/versions-facet.js'
export type { AuthenticationOptions, UserOptions } from './cluster/access/access.js'
export type { AuthenticationResult } from './apiserver/authentication/authenticator.js'
export type { AuthenticationWebhook } from './apiserver/authentication/webhook-tokens.js'
export type { ClaimedUser } from './apiserver/authentication/claimed-user.js'
export type { OidcOptions } from './apiserver/authentication/oidc-tokens.js'
export type { AbacMode, AuthorizationMode, WebhookMode } from './cluster/access/authorization-modes.js'
export type { AccessVerdict, CanOptions, OtherProof } from './cluster/access/can.js'
export type { FlowOptions, RequestFlow } from './cluster/access/flow.js'
export type { WorkEstimate } from './apiserver/flow-control/work-estimate.js'
export { admissionWebhook } from './apiserver/admission/extensions/admission-webhook.js'
export type {
  AdmissionDecision,
  AdmissionRequest,
  JsonPatchOperation,
} from './apiserver/admission/extensions/admission-webhook.js'
export type {
  WebhookResponse,
  WebhookCall,
  WebhookHandler,
  WebhookHandlers,
  WebhookReview,
} from './apiserver/admission/extensions/call-webhook.js'
export type { Identity } from './cluster/access/identities.js'
export { parseManifests } from './api/manifests.js'
export type { Manifests } from './api/manifests.js'
export { ClusterSnapshot } from './cluster/storage/snapshot.js'
export type { ClusterSnapshotJson } from './cluster/storage/snapshot.js'
export type { EtcdImportOptions } from './cluster/storage/etcd-import.js'
export type { DrainOptions } from './cluster/nodes/drain-options.js'
export type { NodeHandle } from './cluster/nodes/node-handle.js'
export type { ComponentHandle } from './cluster/compose/process-handles.js'
export { InputError } from './lang/input-error.js'
export { ApiError, ConnectionError, isApiError } from './client/api-error.js'
export { ApplyError, CommandError } from './kubectl/index.js'
export { NotFoundError } from './client/not-found.js'
export { TimeoutError } from './cluster/timeout-error.js'
export { AsyncError } from './lang/synchronous.js'
export type { Status, StatusCause, StatusDetails, StatusReason } from './client/api-error.js'
export type {
  Client,
  DeletionOptions,
  FieldQuery,
  GetOptions,
  LabelQuery,
  ListOptions,
  ListQuery,
  ObjectKey,
  ObjectList,
  Patch,
  UserClient,
  UserInfo,
  Watch,
  WatchEvent,
  WriteOptions,
} from './client/client.js'
export type { ClusterEvents } from './client/cluster-events.js'
export type { Component, ComponentHost, RecorderSource } from './client/component.js'
export type { Change, Informer, InformerOptions } from './client/informers/informer.js'
export type { EventRecorder } from './client/recorders/event-recorder.js'
export { ignoreNotFound } from './client/api-error.js'
export { keyOf } from './client/informers/object-index.js'
export { resourceName } from './client/typed-name.js'
export { defineController } from './controllers/shared/define-controller.js'
export type {
  Controller,
  ControllerContext,
  ControllerDefinition,
} from './controllers/shared/define-controller.js'
export type { WorkQueue, WorkQueueOptions } from './sim/modules/work-queue.js'
export type { ClusterScopedResource, ResourceInputs, ResourceTypes } from './client/built-in-kinds.js'
export type {
  BuiltInName,
  BuiltInResource,
  CustomName,
  InputOf,
  NamespacedResource,
  ObjectOf,
  PluralOf,
  ResourceName,
  Stored,
  StoredMetadata,
  StoredOf,
  TypedName,
  UntypedInput,
} from './client/resources.js'
export type { CustomInput, CustomObject, CustomResource, TypedSchema } from './cluster/custom-resource.js'
export type { EditDraft } from './cluster/edit.js'
export type { ListOptionsFor, NamespaceScope } from './cluster/namespace-scope.js'
export type { ClusterScopedName, NameOf, NamespacedName } from './cluster/object-name.js'
export type { ApiserverHandle } from './cluster/compose/process-handles.js'
export type { Internals } from './cluster/compose/internals.js'
export type { VersionsFacet } from './cluster/compose/versions-facet.js'
export type { NetworkFacet } from './cluster/network/network-facet.js'
export type { StateFacet } from './cluster/storage/state-facet.js'
export type { HttpFacet } from './cluster/streams/http-facet.js'
export type { KubeObject } from './api/kind/definition.js'
export { bytesOfText, textOfBytes } from './lang/bytes/byte-text.js'
export type { Gateway, AnyHttpResponse, NoResponse } from './client/http.js'
export type {
  ForwardedPort,
  KubectlResponse,
  KubectlOptions,
  KubectlRequest,
  KubectlResult,
  Proxied,
} from './kubectl/call/environment.js'
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
  ImageResponse,
  ImageBehavior,
  ImageContext,
  ImageDefinition,
  OnCommand,
  OnUnknownImage,
  ImageEffect,
  ImageExec,
  Invocation,
  Pause,
  Program,
  Served,
  ServedRequest,
  KubeletConfiguration,
  NetworkRequest,
  NetworkResponse,
  SystemUsage,
} from './kubelet/index.js'
export type {
  ConnectOptions,
  Connection,
  DnsResponse,
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
export type { ClusterMetrics } from './cluster/nodes/cluster-metrics.js'
export type { PodSelection, Usage } from './cluster/nodes/measure.js'
export type { ExecOptions, CommandResult, LogOptions } from './cluster/streams/pod-streams.js'
export { kindSchema } from './api/kind/kind-schema.js'
export type { KindSchema, SchemaIssue, SchemaResult } from './api/kind/kind-schema.js'
export { explainScheduling } from './scheduler/explain.js'
export type { ExplainSchedulingOptions, SchedulingExplanation } from './scheduler/explain.js'
export type { KubeSchedulerConfiguration } from './scheduler/configuration.js'
export type {
  Plugin as SchedulerPlugin,
  PluginFactory as SchedulerPluginFactory,
} from './scheduler/framework/plugin.js'
export { unresolvable, unschedulable } from './scheduler/framework/rejection.js'
export type { Duration } from './sim/duration.js'
export { LivelockError } from './sim/livelock.js'
