import { fieldText, likeOf } from './field-texts.js'

/** Descriptions of types, in our own words: what `kubectl explain` prints above the fields. */
const TYPES: Readonly<Record<string, string>> = {
  ConfigMap: 'ConfigMap holds configuration for pods to consume.',
  Container: 'A single program of a pod, with its image and what it needs.',
  CronJob: 'CronJob creates Jobs on a schedule.',
  DaemonSet: 'DaemonSet runs one pod on each matching node.',
  DeleteOptions: 'How an object is deleted.',
  Deployment: 'Deployment keeps pods of the current template running, and replaces older ones step by step.',
  Ingress: 'Ingress routes HTTP requests from outside to Services.',
  Job: 'Job runs pods until enough of them have succeeded.',
  LabelSelector: 'Selects objects by their labels. All of its requirements must hold.',
  ListMeta: 'What every list has.',
  ManagedFieldsEntry: 'The fields of an object that one manager owns.',
  Namespace: 'Namespace is a scope for names.',
  NetworkPolicy: 'NetworkPolicy says which connections its pods accept and open.',
  Node: 'Node is a machine that runs pods.',
  ObjectMeta: 'What every stored object has: names, labels, owners, and what the server keeps about it.',
  OwnerReference: 'Names an object that this one belongs to, and with which it is deleted.',
  PersistentVolume: 'PersistentVolume is storage in the cluster that claims can bind.',
  PersistentVolumeClaim: 'PersistentVolumeClaim asks for storage that pods of its namespace can mount.',
  Pod: 'Pod is a group of containers that run together on one node.',
  PodSpec: 'PodSpec describes the containers of a pod and where they run.',
  PodTemplateSpec: 'The pods that a controller creates.',
  ReplicaSet: 'ReplicaSet keeps a number of equal pods running.',
  ResourceRequirements: 'What a container needs and may use.',
  Role: 'Role is a list of rights in a namespace.',
  RoleBinding: 'RoleBinding gives the rights of a role to users, groups and service accounts.',
  Secret: 'Secret holds confidential data for pods to consume.',
  Service: 'Service gives a set of pods one address and one name.',
  ServiceAccount: 'ServiceAccount is an identity for the programs in pods.',
  StatefulSet: 'StatefulSet runs pods with lasting names and storage, in order.',
  Status: 'The outcome of a request that returns no object.',
}

/** Descriptions of fields: of every type, or with the type's name of one. */
const FIELDS: Readonly<Record<string, string>> = {
  apiVersion: 'APIVersion defines the group and version in whose form this object is written.',
  conditions: 'Latest observations of the state, one for each type.',
  items: 'The objects of the list.',
  kind: 'Kind is the name of the type of this object, such as Pod. It cannot be changed.',
  metadata: "Standard object's metadata: name, labels, owners and what the server keeps about it.",
  spec: 'Specification of the wanted state.',
  status: 'Most recently observed state. Controllers and kubelets write it.',
  template: 'What the created objects look like.',

  'ListMeta.continue': 'Token for the next part of a list that was read with a limit. Empty at the end.',
  'ListMeta.remainingItemCount': 'Number of objects after this part, if it is known.',
  'ListMeta.resourceVersion': 'Version of the store at which the list was read. A watch can start from it.',
  'ListMeta.selfLink': 'No longer set.',

  'ManagedFieldsEntry.apiVersion': 'Version in which the fields are named.',
  'ManagedFieldsEntry.fieldsType': 'Form of fieldsV1.',
  'ManagedFieldsEntry.fieldsV1': 'The owned fields.',
  'ManagedFieldsEntry.manager': 'Name of the program that owns the fields.',
  'ManagedFieldsEntry.operation': 'Apply or Update.',
  'ManagedFieldsEntry.subresource': 'Subresource through which the fields were written.',
  'ManagedFieldsEntry.time': 'When the set of owned fields last changed.',

  'ObjectMeta.annotations': 'Data for programs and people, by name. Nothing selects objects by it.',
  'ObjectMeta.creationTimestamp': 'CreationTimestamp is a timestamp of the creation, set by the server.',
  'ObjectMeta.deletionGracePeriodSeconds': 'Seconds that the object has to end after its deletion was asked.',
  'ObjectMeta.deletionTimestamp':
    'When the object will be deleted. Set by the server when somebody asks for it.',
  'ObjectMeta.finalizers': 'Names that must be removed before the object is deleted.',
  'ObjectMeta.generateName': 'Beginning of a name that the server completes if none is given.',
  'ObjectMeta.generation': 'Number that the server raises with each change of the specification.',
  'ObjectMeta.labels': 'Short texts by which objects are selected, by name.',
  'ObjectMeta.managedFields': 'Which program owns which fields. The server keeps it.',
  'ObjectMeta.name': 'Name, unique among objects of the type in its namespace. It cannot be changed.',
  'ObjectMeta.namespace': 'Namespace in which the name is unique. It cannot be changed.',
  'ObjectMeta.ownerReferences': 'Objects to which this one belongs. It is deleted when all of them are.',
  'ObjectMeta.resourceVersion':
    'Version of the object, for watches and for updates that must not overwrite others.',
  'ObjectMeta.selfLink': 'No longer set.',
  'ObjectMeta.uid': 'Identifier that no other object ever has, set by the server.',

  'OwnerReference.apiVersion': 'Group and version of the owner.',
  'OwnerReference.blockOwnerDeletion':
    'Whether the owner stays until this object is gone, if it is deleted in the foreground.',
  'OwnerReference.controller': 'Whether the owner is the one controller of the object.',
  'OwnerReference.kind': 'Kind of the owner.',
  'OwnerReference.name': 'Name of the owner.',
  'OwnerReference.uid': 'UID of the owner.',

  'LabelSelector.matchExpressions': 'Requirements with an operator: In, NotIn, Exists, DoesNotExist.',
  'LabelSelector.matchLabels': 'Labels that an object must have with exactly these values.',

  'Container.args': "Arguments of the entrypoint. Default: the image's CMD.",
  'Container.command': "Entrypoint, run without a shell. Default: the image's ENTRYPOINT.",
  'Container.env': 'Environment variables. $(NAME) in a value stands for an earlier one.',
  'Container.envFrom': 'ConfigMaps and Secrets whose keys become environment variables.',
  'Container.image': 'Name of the image.',
  'Container.imagePullPolicy': 'Always, Never or IfNotPresent. Default: Always for the tag latest.',
  'Container.lifecycle': 'What is run after the start and before the end of the container.',
  'Container.livenessProbe': 'Check whose failure restarts the container.',
  'Container.name': 'Name, unique in the pod. It cannot be changed.',
  'Container.ports': 'Ports on which the container listens, for information and for host ports.',
  'Container.readinessProbe': 'Check whose failure takes the pod out of its Services.',
  'Container.resources': 'What the container needs (requests) and may use (limits).',
  'Container.securityContext': 'Users, capabilities and other rights of the container.',
  'Container.startupProbe': 'Check that must succeed before the other probes begin.',
  'Container.volumeMounts': 'Where volumes of the pod appear in the container.',
  'Container.workingDir': "Directory in which the program starts. Default: the image's.",

  'PodSpec.affinity': 'Preferences and requirements for the node.',
  'PodSpec.containers': 'Containers of the pod; at least one.',
  'PodSpec.initContainers': 'Containers that run one after the other before the others start.',
  'PodSpec.nodeName': 'Node on which the pod runs. The scheduler sets it.',
  'PodSpec.nodeSelector': 'Labels that the node must have.',
  'PodSpec.priorityClassName': 'Name of the priority class.',
  'PodSpec.restartPolicy': 'Always, OnFailure or Never: when containers that have ended are restarted.',
  'PodSpec.schedulerName': 'Scheduler that places the pod.',
  'PodSpec.serviceAccountName': 'Service account as which the programs of the pod act.',
  'PodSpec.terminationGracePeriodSeconds': 'Seconds between the request to end and the forced end.',
  'PodSpec.tolerations': 'Taints of nodes that the pod tolerates.',
  'PodSpec.topologySpreadConstraints': 'How the pods of a group are spread over zones and nodes.',
  'PodSpec.volumes': 'Volumes that containers of the pod can mount.',

  'ResourceRequirements.claims': 'Claims of the pod that the container uses.',
  'ResourceRequirements.limits': 'The most that the container may use.',
  'ResourceRequirements.requests': 'What is reserved for the container. Default: the limits.',
}

/** Returns the description of a type by its short name; undefined if it has none. */
export function describeType(name: string): string | undefined {
  return Object.hasOwn(TYPES, name) ? TYPES[name] : undefined
}

/** Returns the description of a field of a type; undefined if it has none. */
export function describeField(type: string, field: string): string | undefined {
  const own = `${type}.${field}`
  if (Object.hasOwn(FIELDS, own)) return FIELDS[own]
  const alike = `${likeOf(type) ?? ''}.${field}`
  if (Object.hasOwn(FIELDS, alike)) return FIELDS[alike]
  return fieldText(type, field) ?? (Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined)
}

/** Returns a schema with a description, unless that is undefined. */
export function described<T extends object>(
  schema: T,
  description: string | undefined,
): T | (T & { readonly description: string }) {
  return description === undefined ? schema : { description, ...schema }
}
