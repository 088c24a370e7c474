<?php

namespace Nar;

back('/cabinet'); ?>
<main class="govuk-main-wrapper" id="content">
<h1 class="govuk-heading-l"><?= e('Messages') ?></h1>
<?php foreach ($notes as $note) { ?>
<div class="nar-note<?= $note->is_read ? '' : ' nar-note--new' ?>">
<h2 class="govuk-heading-s"><?= h($note->title) ?></h2><p class="govuk-body"><?= h($note->text) ?></p>
<p class="nar-quiet"><?php if ($note->number !== null) { ?><code><?= h($note->number) ?></code> · <?php } ?><?= h(time_of($note->at)) ?></p>
<?php if (!$note->is_read) { ?><form method="post" action="<?= h("/cabinet/messages/$note->person_id/$note->id") ?>"><?php tokens(); ?><button class="nar-link"><?= e('Mark as read') ?></button></form><?php } ?>
</div>
<?php }
if (count($notes) === 0) { ?>
<p class="govuk-body"><?= e('No messages yet.') ?></p>
<?php }
if ($notes->next !== null) { ?>
<a class="govuk-button govuk-button--secondary" href="/cabinet/messages?cursor=<?= rawurlencode($notes->next) ?>"><?= e('Next page') ?></a>
<?php } ?>
</main>
