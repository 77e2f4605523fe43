-- Mail through the filter, by its content: a delivery that is repeated, and the next recipient of the same mail, find their message again.
alter table messages add column content_key text;
create unique index messages_content on messages (content_key) where content_key is not null;
