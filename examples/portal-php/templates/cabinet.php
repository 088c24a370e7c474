<?php

namespace Nar;

$unread = visitor()->identity->unread; ?>
<main class="govuk-main-wrapper" id="content">
<h1 class="govuk-heading-l"><?= e('My cabinet') ?></h1>
<p class="nar-menu"><a href="/cabinet/messages"><?= e('Messages') ?><?php if ($unread > 0) { ?> <span class="nar-badge"><?= $unread ?></span><?php } ?></a>
<a href="/appeals/new"><?= e('Write an appeal') ?></a> <a href="/references"><?= e('Electronic references') ?></a></p>
<?php foreach ($people as [$person, $appeals, $references]) { ?>
<section class="nar-person">
<h2 class="govuk-heading-m"><?= h(name_of($person)) ?></h2>
<h3 class="govuk-heading-s"><?= e('Appeals to the ministry') ?></h3>
<?php foreach ($appeals as $appeal) {
    appeal_card($appeal);
}
if (count($appeals) === 0) { ?>
<p class="govuk-body"><?= e('No appeals yet.') ?></p>
<?php }
if ($appeals->next !== null) { ?>
<p class="govuk-body"><a class="govuk-link" href="<?= h("/cabinet?person=$person->id&cursor=" . rawurlencode($appeals->next)) ?>"><?= e('Earlier ones') ?></a></p>
<?php }
if (count($references) > 0) { ?>
<h3 class="govuk-heading-s"><a class="govuk-link" href="/references"><?= e('Electronic references') ?></a></h3>
<?php foreach ($references as $one) {
        reference_card($one);
    }
} ?>
</section>
<?php } ?>
</main>
