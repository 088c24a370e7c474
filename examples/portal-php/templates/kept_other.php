<?php namespace Nar; ?>
<main class="govuk-main-wrapper" id="content">
<h1 class="govuk-heading-l"><?= e('Somebody else is signed in here') ?></h1>
<p class="govuk-body"><?= e('The page belongs to another account than the one that is signed in in this browser now. Nothing was sent.') ?></p>
<form method="post" action="/sign-out"><?php tokens();
if ($kept !== '') { ?>
<input type="hidden" name="kept" value="<?= h($kept) ?>">
<?php }
button(t('Sign in as the other')); ?>
</form>
<?php if ($kept !== '') { ?>
<p class="govuk-body"><?= e('What was typed is kept until then, and nobody else can read it.') ?></p>
<?php } ?>
<p class="govuk-body"><a class="govuk-link" href="/cabinet"><?= e('My cabinet') ?></a></p>
</main>
