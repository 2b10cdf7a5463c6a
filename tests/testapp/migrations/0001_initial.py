import django.db.models.deletion
import wagtail.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('wagtailcore', '0094_alter_page_locale'),
    ]

    operations = [
        migrations.CreateModel(
            name='SellingPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('body', wagtail.fields.StreamField([('text', 0), ('payment', 6)], blank=True, block_lookup={0: ('wagtail.blocks.RichTextBlock', (), {}), 1: ('wagtail.snippets.blocks.SnippetChooserBlock', ('wagtail_payments.Product',), {'label': 'Product'}), 2: ('wagtail.blocks.CharBlock', (), {'help_text': 'Defaults to “Pay”, or to “Donate” if the payer chooses the amount.', 'label': 'Button text', 'max_length': 40, 'required': False}), 3: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('card', 'Card, with the description'), ('compact', 'Compact')], 'label': 'Layout'}), 4: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('inline', 'In the page'), ('hosted', "On the payment provider's page")], 'label': 'Where to pay'}), 5: ('wagtail.blocks.ChoiceBlock', [], {'choices': [], 'help_text': "Leave it empty to use the site's default provider.", 'label': 'Paid through', 'required': False}), 6: ('wagtail.blocks.StructBlock', [[('product', 1), ('button_text', 2), ('layout', 3), ('ui', 4), ('provider', 5)]], {})})),
            ],
            options={
                'abstract': False,
            },
            bases=('wagtailcore.page',),
        ),
    ]
