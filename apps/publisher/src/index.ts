export { messagesOf, publishingPlacements, type Messages, type PublishOptions } from './publish-placements';
export { runPublisher, type PublisherOptions } from './run-publisher';
export { publisherSettings, type PublisherSettings } from './settings';
