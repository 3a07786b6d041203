export { LeftOutPlacements } from './left-out-placements';
export { messagesOf, viewByTimeline, type Messages, type MessageSource, type ViewOf } from './messages-of-page';
export { PUBLISH_PLACEMENTS, publishingPlacements, type PublishOptions } from './publish-placements';
export { runPublisher, type PublisherOptions } from './run-publisher';
export { publisherSettings, type PublisherSettings } from './settings';
