/* Bluetooth keyboards. The functions that it calls have moved to where this emulator is not linked with. */
struct hid_state;
void hid_init(struct hid_state *hid);
void hid_free(struct hid_state *hid);

void bt_hid_reset(struct hid_state *hid)
{
	hid_free(hid);
	hid_init(hid);
}
